/** The statistics of experiments, against published values and against integration by brute force. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { makeTestDatabase, type TestDatabase } from '../support/database.ts'
import { one, seeded } from './fixtures.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.close())

const value = async (call: string, parameters: unknown[] = []): Promise<number> =>
  (await one(database.pool, `select app_hidden.${call} as value`, parameters)).value

describe('ln_gamma', () => {
  it.each([
    [0.5, 0.5 * Math.log(Math.PI)],
    [1, 0],
    [2, 0],
    [10, Math.log(362880)],
    [100, 359.1342053695754],
    [0.1, 2.252712651734206],
  ])('of %p', async (x, expected) => {
    expect(await value('ln_gamma($1)', [x])).toBeCloseTo(expected, 11)
  })

  it('grows by the logarithm of its argument, small and large', async () => {
    for (const x of [0.3, 3.7, 1234.5, 1e6])
      expect(
        (await value('ln_gamma($1)', [x + 1])) - (await value('ln_gamma($1)', [x])) - Math.log(x),
      ).toBeCloseTo(0, 7)
  })
})

describe('beta_cdf', () => {
  it.each([
    // Closed forms: 1 - (1 - x)^b, x^a, the arcsine distribution, and binomial tails.
    [0.2, 1, 5, 1 - 0.8 ** 5],
    [0.9, 7, 1, 0.9 ** 7],
    [0.5, 2, 3, 0.6875],
    [0.1, 0.5, 0.5, (2 / Math.PI) * Math.asin(Math.sqrt(0.1))],
    [0.3, 4, 7, 0.3503892816],
    [0.5, 5000, 5000, 0.5],
    [0, 3, 4, 0],
    [1, 3, 4, 1],
  ])('of %p with %p and %p', async (x, a, b, expected) => {
    expect(await value('beta_cdf($1, $2, $3)', [x, a, b])).toBeCloseTo(expected, 9)
  })

  it('is one less its mirror image, also where it is nearly 0 or 1', async () => {
    for (const [x, a, b] of [
      [0.01, 300, 2],
      [0.4, 3000, 5000],
      [0.999, 2, 900],
    ])
      expect(
        (await value('beta_cdf($1, $2, $3)', [x, a, b])) +
          (await value('beta_cdf($1, $2, $3)', [1 - x!, b, a])),
      ).toBeCloseTo(1, 12)
  })
})

describe('chi_square_survival', () => {
  // The table of every textbook (NIST/SEMATECH e-Handbook 1.3.6.7.4).
  it.each([
    [3.841, 1, 0.05],
    [6.635, 1, 0.01],
    [10.828, 1, 0.001],
    [5.991, 2, 0.05],
    [9.488, 4, 0.05],
    [18.307, 10, 0.05],
    [29.588, 10, 0.001],
    [124.342, 100, 0.05],
  ])('of %p with %p degrees of freedom is %p', async (x, df, expected) => {
    const p = await value('chi_square_survival($1, $2)', [x, df])
    expect(Math.abs(p - expected)).toBeLessThan(expected * 0.003)
  })

  it('is exp(-x/2) with two degrees of freedom, however far out', async () => {
    for (const x of [0.001, 1, 10, 200, 1300])
      expect((await value('chi_square_survival($1, 2)', [x])) / Math.exp(-x / 2)).toBeCloseTo(1, 9)
    expect(await value('chi_square_survival(1e5, 2)')).toBe(0)
    expect(await value('chi_square_survival(0, 3)')).toBe(1)
  })
})

describe('wilson_interval', () => {
  // Newcombe 1998, Stat. Med. 17:857-872, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %p in %p', async (successes, n, low, high) => {
    const found = await one(database.pool, 'select * from app_hidden.wilson_interval($1, $2)', [successes, n])
    expect(found.low).toBeCloseTo(low, 4)
    expect(found.high).toBeCloseTo(high, 4)
  })

  it('of nothing is nothing', async () => {
    expect((await database.pool.query('select * from app_hidden.wilson_interval(0, 0)')).rows).toEqual([
      { low: null, high: null },
    ])
    expect(
      (await database.pool.query('select * from app_hidden.newcombe_interval(1, 2, 0, 0)')).rows,
    ).toEqual([{ difference: null, low: null, high: null }])
  })
})

describe('newcombe_interval', () => {
  // Newcombe 1998, Stat. Med. 17:873-890, table II, method 10.
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [0, 10, 0, 10, -0.2775, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
    [10, 10, 0, 10, 0.6075, 1],
  ])('of %p/%p against %p/%p', async (s1, n1, s2, n2, low, high) => {
    const found = await one(database.pool, 'select * from app_hidden.newcombe_interval($1, $2, $3, $4)', [
      s1,
      n1,
      s2,
      n2,
    ])
    expect(found.difference).toBeCloseTo(s1 / n1 - s2 / n2, 12)
    expect(found.low).toBeCloseTo(low, 4)
    expect(found.high).toBeCloseTo(high, 4)
  })
})

describe('probability_greater and expected_loss', () => {
  /** By Simpson's rule over both distributions: another way to the same numbers. */
  const integrated = (a1: number, b1: number, a2: number, b2: number) => {
    const logFactorial = (n: number) => {
      let sum = 0
      for (let k = 2; k <= n; k++) sum += Math.log(k)
      return sum
    }
    const density = (a: number, b: number) => {
      const scale = logFactorial(a + b - 1) - logFactorial(a - 1) - logFactorial(b - 1)
      return (x: number) =>
        x <= 0 || x >= 1
          ? (a === 1 && x <= 0) || (b === 1 && x >= 1)
            ? Math.exp(scale)
            : 0
          : Math.exp(scale + (a - 1) * Math.log(x) + (b - 1) * Math.log(1 - x))
    }
    const steps = 40_000
    const [f1, f2] = [density(a1, b1), density(a2, b2)]
    // Of the second below x, and x times it: both grow with x, by trapezoids.
    let below = 0
    let greater = 0
    let loss = 0
    let above = 1
    let meanAbove = a2 / (a2 + b2)
    for (let i = 1; i <= steps; i++) {
      const [x0, x1] = [(i - 1) / steps, i / steps]
      const mid = (x0 + x1) / 2
      const mass = (f2(x0) + 4 * f2(mid) + f2(x1)) / (6 * steps)
      const weight = (f1(x0) + 4 * f1(mid) + f1(x1)) / (6 * steps)
      greater += weight * (below + mass / 2)
      loss += weight * (meanAbove - (mid * mass) / 2 - mid * (above - mass / 2))
      below += mass
      above -= mass
      meanAbove -= mid * mass
    }
    return { greater, loss }
  }

  it('know the simple cases', async () => {
    expect(await value('probability_greater(1, 1, 1, 1)')).toBeCloseTo(0.5, 12)
    // ∫ 2x (2x - x²) dx
    expect(await value('probability_greater(2, 1, 1, 2)')).toBeCloseTo(5 / 6, 12)
    // Of two uniform numbers, E|X - Y| = 1/3.
    expect(await value('expected_loss(1, 1, 1, 1)')).toBeCloseTo(1 / 6, 12)
  })

  it.each([
    [13, 9, 11, 12],
    [31, 71, 41, 61],
    [3, 200, 9, 190],
    [200, 3, 190, 9],
    [450, 301, 400, 351],
    [1, 40, 2, 1],
  ])('agree with integration: beta(%p, %p) against beta(%p, %p)', async (...given) => {
    const expected = integrated(...(given as [number, number, number, number]))
    expect(await value('probability_greater($1, $2, $3, $4)', given)).toBeCloseTo(expected.greater, 6)
    expect(await value('expected_loss($1, $2, $3, $4)', given)).toBeCloseTo(expected.loss, 6)
  })

  it('add up to one both ways round, and stand a hundred thousand subjects', async () => {
    for (const given of [
      [50_001, 49_001, 50_101, 48_901],
      [99_001, 1_001, 99_101, 901],
    ]) {
      const [a1, b1, a2, b2] = given
      expect(
        (await value('probability_greater($1, $2, $3, $4)', given)) +
          (await value('probability_greater($1, $2, $3, $4)', [a2, b2, a1, b1])),
      ).toBeCloseTo(1, 8)
    }
    // By the normal approximation: z = 0.1 / sqrt(0.25 / 1002 + 0.2475 / 1002).
    expect(await value('probability_greater(551, 451, 451, 551)')).toBeGreaterThan(0.9999)
  })
})

describe('sample_ratio_p', () => {
  it('finds the mismatch of Kohavi, Tang & Xu’s textbook', async () => {
    // Trustworthy Online Controlled Experiments (2020), ch. 21: 821,588 against 815,482 users, p = 1.8e-6.
    const p = await value(`sample_ratio_p('{821588,815482}', '{1,1}')`)
    expect(p).toBeGreaterThan(1.75e-6)
    expect(p).toBeLessThan(1.85e-6)
  })

  it('takes weights, more than two groups, and nobody', async () => {
    expect(await value(`sample_ratio_p('{900,100}', '{9,1}')`)).toBe(1)
    // Mendel's peas: 315, 101, 108 and 32 against 9:3:3:1 give a chi-square of 0.470, p = 0.925.
    expect(await value(`sample_ratio_p('{315,101,108,32}', '{9,3,3,1}')`)).toBeCloseTo(0.9254, 3)
    expect(await value(`sample_ratio_p('{0,0}', '{1,1}')`)).toBeNull()
  })
})

/** always_valid_p, one pair at a time. */
class Mixture {
  #helped = 0
  #harmed = 0
  #logarithm = 0
  #largest = 0
  get p() {
    return Math.exp(-this.#largest)
  }
  add(sign: number) {
    if (sign === 0) return
    const unlike = this.#helped + this.#harmed
    const own = sign > 0 ? this.#helped++ : this.#harmed++
    this.#logarithm += Math.log((2 * (10 + own)) / (20 + unlike))
    if (this.#logarithm > this.#largest) this.#largest = this.#logarithm
  }
}

/** Subjects who come, get an arm and rate, with a look after each of them: how many it took until p was 0.05. */
function peeking(
  random: () => number,
  rates: [number, number],
  subjects: number,
  share = 0.5,
): number | null {
  const seen: [boolean[], boolean[]] = [[], []]
  const mixture = new Mixture()
  let pairs = 0
  for (let n = 1; n <= subjects; n++) {
    const arm = random() < share ? 1 : 0
    seen[arm].push(random() < rates[arm])
    if (pairs === Math.min(seen[0].length, seen[1].length)) continue
    mixture.add(Number(seen[1][pairs]) - Number(seen[0][pairs]))
    pairs++
    if (mixture.p <= 0.05) return n
  }
  return null
}

describe('always_valid_p', () => {
  const ofPairs = (pairs: number[]) => value('always_valid_p($1::smallint[])', [pairs])

  it('is one over the largest mixture so far', async () => {
    expect(await ofPairs([])).toBe(1)
    expect(await ofPairs([0, 0, 1])).toBe(1)
    expect(await ofPairs([1, 1])).toBeCloseTo(21 / 22, 12)
    // It does not rise again.
    const low = await ofPairs(new Array(30).fill(1))
    expect(await ofPairs([...new Array(30).fill(1), ...new Array(30).fill(-1)])).toBe(low)
    expect(await ofPairs(new Array(30).fill(-1))).toBe(low)
  })

  it('is the mixture in closed form: B(10 + u, 10 + d) / B(10, 10) · 2^(u + d)', async () => {
    const closed = (await value('ln_beta(35, 10)')) - (await value('ln_beta(10, 10)')) + 25 * Math.log(2)
    expect(await ofPairs(new Array(25).fill(1))).toBeCloseTo(Math.exp(-closed), 10)
  })

  it('stands paths too long for a number', async () => {
    expect(await ofPairs(new Array(5000).fill(1))).toBeGreaterThan(0)
    expect(await ofPairs(Array.from({ length: 20_000 }, (_, i) => (i % 2 ? 1 : -1)))).toBe(1)
  })

  it('is what the simulation below computes', async () => {
    const random = seeded(7)
    for (let path = 0; path < 30; path++) {
      const pairs = Array.from(
        { length: 40 + path * 10 },
        () => Number(random() < 0.3 + path / 100) - Number(random() < 0.3),
      )
      const mixture = new Mixture()
      for (const sign of pairs) mixture.add(sign)
      expect(await ofPairs(pairs)).toBeCloseTo(mixture.p, 10)
    }
  })

  it('raises at most 5 % false alarms in 2,000 A/A tests that are looked at after every subject', () => {
    const random = seeded(20_261)
    const rates = [0.1, 0.3, 0.5, 0.7, 0.9]
    const shares = [0.5, 0.5, 0.2]
    let alarms = 0
    for (let test = 0; test < 2000; test++) {
      const rate = rates[test % rates.length]!
      if (peeking(random, [rate, rate], 2000, shares[test % shares.length]) !== null) alarms++
    }
    expect(alarms).toBeGreaterThan(0)
    expect(alarms / 2000).toBeLessThanOrEqual(0.05)
  })

  it('where an ordinary test, looked at as often, would raise many', () => {
    const random = seeded(20_261)
    let alarms = 0
    for (let test = 0; test < 500; test++) {
      const [n, s]: [number[], number[]] = [
        [0, 0],
        [0, 0],
      ]
      for (let subject = 0; subject < 1000; subject++) {
        const arm = random() < 0.5 ? 1 : 0
        n[arm]!++
        s[arm]! += Number(random() < 0.5)
        const pooled = (s[0]! + s[1]!) / (n[0]! + n[1]!)
        const error = Math.sqrt(pooled * (1 - pooled) * (1 / n[0]! + 1 / n[1]!))
        if (subject > 40 && Math.abs(s[0]! / n[0]! - s[1]! / n[1]!) > 1.96 * error) {
          alarms++
          break
        }
      }
    }
    expect(alarms / 500).toBeGreaterThan(0.2)
  })

  it('finds a clear difference, soon', () => {
    const random = seeded(3)
    const found: number[] = []
    for (let test = 0; test < 500; test++) {
      const n = peeking(random, [0.6, 0.75], 1600)
      if (n !== null) found.push(n)
    }
    const power = found.length / 500
    const median = found.sort((a, b) => a - b)[Math.floor(found.length / 2)]!
    expect(power).toBeGreaterThan(0.9)
    expect(median).toBeLessThan(700)
  })
})
