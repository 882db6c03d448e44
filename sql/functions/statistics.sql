-- What experiments are judged by. PostgreSQL before 18 has neither a gamma function nor the distributions made of it,
-- so they are here: plain double precision, tested against published values (test/sql/statistics.test.ts).

-- Lanczos' approximation with g = 7 and nine coefficients (Godfrey's; Press et al., Numerical Recipes, 3rd ed., 6.1):
-- relative error below 1e-14 for positive arguments.
create or replace function app_hidden.ln_gamma(x double precision) returns double precision
language plpgsql immutable strict parallel safe as $$
declare
  c_coefficients constant double precision[] := array[676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7];
  v_sum double precision := 0.99999999999980993;
  v_t double precision;
begin
  if x <= 0 then
    raise exception 'ln_gamma is of positive numbers, not %.', x using errcode = 'CO005';
  elsif x < 0.5 then
    return ln(pi() / sin(pi() * x)) - app_hidden.ln_gamma(1 - x);
  end if;
  for i in 1 .. 8 loop
    v_sum := v_sum + c_coefficients[i] / (x - 1 + i);
  end loop;
  v_t := x + 6.5;
  return 0.5 * ln(2 * pi()) + (x - 0.5) * ln(v_t) - v_t + ln(v_sum);
end
$$;
comment on function app_hidden.ln_gamma(double precision) is 'Natural logarithm of the gamma function of a positive number (Lanczos). Errors: CO005 not positive.';

create or replace function app_hidden.ln_beta(a double precision, b double precision) returns double precision
language sql immutable strict parallel safe as $$
  select app_hidden.ln_gamma(a) + app_hidden.ln_gamma(b) - app_hidden.ln_gamma(a + b)
$$;
comment on function app_hidden.ln_beta(double precision, double precision) is 'Natural logarithm of the beta function of two positive numbers.';

-- The continued fraction DLMF 8.17.22 (https://dlmf.nist.gov/8.17#v), by Lentz' method; it converges fast below the
-- mean, and above it the function is one minus its mirror image.
create or replace function app_hidden.beta_cdf(x double precision, a double precision, b double precision) returns double precision
language plpgsql immutable strict parallel safe as $$
declare
  c_tiny constant double precision := 1e-300;
  v_front double precision;
  v_c double precision := 1;
  v_d double precision;
  v_h double precision;
  v_term double precision;
  v_step double precision;
begin
  if a <= 0 or b <= 0 then
    raise exception 'A beta distribution has positive parameters, not % and %.', a, b using errcode = 'CO005';
  elsif x <= 0 then
    return 0;
  elsif x >= 1 then
    return 1;
  elsif x > (a + 1) / (a + b + 2) then
    return 1 - app_hidden.beta_cdf(1 - x, b, a);
  end if;
  v_front := a * ln(x) + b * ln(1 - x) - app_hidden.ln_beta(a, b);
  if v_front < -700 then
    return 0;
  end if;
  v_d := 1 - (a + b) * x / (a + 1);
  v_d := 1 / case when abs(v_d) < c_tiny then c_tiny else v_d end;
  v_h := v_d;
  for m in 1 .. 10000 loop
    v_term := m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    v_d := 1 + v_term * v_d;
    v_d := 1 / case when abs(v_d) < c_tiny then c_tiny else v_d end;
    v_c := 1 + v_term / v_c;
    v_c := case when abs(v_c) < c_tiny then c_tiny else v_c end;
    v_h := v_h * v_d * v_c;
    v_term := -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    v_d := 1 + v_term * v_d;
    v_d := 1 / case when abs(v_d) < c_tiny then c_tiny else v_d end;
    v_c := 1 + v_term / v_c;
    v_c := case when abs(v_c) < c_tiny then c_tiny else v_c end;
    v_step := v_d * v_c;
    v_h := v_h * v_step;
    exit when abs(v_step - 1) < 1e-15;
  end loop;
  return exp(v_front) * v_h / a;
end
$$;
comment on function app_hidden.beta_cdf(double precision, double precision, double precision) is
  'Probability that a beta-distributed number with parameters a and b is at most x: the regularized incomplete beta function, R''s pbeta(x, a, b). Errors: CO005 a parameter that is not positive.';

-- The regularized upper incomplete gamma function Q(df / 2, x / 2): its series (DLMF 8.7.1) below, its continued
-- fraction (DLMF 8.9.2, by Lentz) above df / 2 + 1.
create or replace function app_hidden.chi_square_survival(x double precision, df integer) returns double precision
language plpgsql immutable strict parallel safe as $$
declare
  v_a double precision := df / 2.0;
  v_x double precision := x / 2;
  v_front double precision;
  v_sum double precision;
  v_term double precision;
  v_b double precision;
  v_c double precision;
  v_d double precision;
  v_an double precision;
begin
  if df < 1 then
    raise exception 'A chi-square distribution has at least one degree of freedom, not %.', df using errcode = 'CO005';
  elsif x <= 0 then
    return 1;
  end if;
  v_front := v_a * ln(v_x) - v_x - app_hidden.ln_gamma(v_a);
  if v_front < -700 then
    return case when v_x > v_a then 0 else 1 end; -- too small for a number
  end if;
  if v_x < v_a + 1 then
    v_sum := 1 / v_a;
    v_term := v_sum;
    for n in 1 .. 10000 loop
      v_term := v_term * v_x / (v_a + n);
      v_sum := v_sum + v_term;
      exit when v_term < v_sum * 1e-16;
    end loop;
    return 1 - exp(v_front) * v_sum;
  end if;
  v_b := v_x + 1 - v_a;
  v_c := 1e300;
  v_d := 1 / v_b;
  v_sum := v_d;
  for n in 1 .. 10000 loop
    v_an := -n * (n - v_a);
    v_b := v_b + 2;
    v_d := 1 / (v_an * v_d + v_b);
    v_c := v_b + v_an / v_c;
    v_sum := v_sum * v_d * v_c;
    exit when abs(v_d * v_c - 1) < 1e-15;
  end loop;
  return exp(v_front) * v_sum;
end
$$;
comment on function app_hidden.chi_square_survival(double precision, integer) is
  'Probability that a chi-square-distributed number with df degrees of freedom is above x: R''s pchisq(x, df, lower.tail = FALSE). Errors: CO005 df below 1.';

create or replace function app_hidden.wilson_interval(successes bigint, n bigint, z double precision default 1.959963984540054, out low double precision, out high double precision)
language sql immutable parallel safe as $$
  select greatest((p + z * z / (2 * m) - z * sqrt(p * (1 - p) / m + z * z / (4 * m * m))) / (1 + z * z / m), 0),
         least((p + z * z / (2 * m) + z * sqrt(p * (1 - p) / m + z * z / (4 * m * m))) / (1 + z * z / m), 1)
    from (select successes / nullif(n, 0)::double precision as p, nullif(n, 0)::double precision as m) rate
   where m > 0
$$;
comment on function app_hidden.wilson_interval(bigint, bigint, double precision) is
  'Score interval of a proportion (Wilson 1927, J. Am. Stat. Assoc. 22:209-212; no continuity correction). z: the normal quantile, 1.96 for 95 %. Null where n is 0.';

create or replace function app_hidden.newcombe_interval(successes_1 bigint, n_1 bigint, successes_2 bigint, n_2 bigint, z double precision default 1.959963984540054,
  out difference double precision, out low double precision, out high double precision)
language sql immutable parallel safe as $$
  select d.difference, greatest(d.difference - sqrt((d.p1 - w1.low) ^ 2 + (w2.high - d.p2) ^ 2), -1), least(d.difference + sqrt((w1.high - d.p1) ^ 2 + (d.p2 - w2.low) ^ 2), 1)
    from (select r.p1, r.p2, r.p1 - r.p2 as difference
            from (select successes_1 / nullif(n_1, 0)::double precision as p1, successes_2 / nullif(n_2, 0)::double precision as p2) r
           where r.p1 is not null and r.p2 is not null) d,
         app_hidden.wilson_interval(successes_1, n_1, z) w1, app_hidden.wilson_interval(successes_2, n_2, z) w2
$$;
comment on function app_hidden.newcombe_interval(bigint, bigint, bigint, bigint, double precision) is
  'First proportion less the second, with its hybrid score interval (Newcombe 1998, Stat. Med. 17:873-890, method 10). Null where either n is 0.';

-- The exact sum (E. Miller 2015, "Formulas for Bayesian A/B testing"), which has as many terms as one parameter of its
-- first distribution. P(X > Y) can be written with any of the four parameters in that place; the smallest is taken.
-- The terms' logarithms are added up, since the first may be too small for a number. All parameters are whole.
create or replace function app_hidden.probability_greater(a1 bigint, b1 bigint, a2 bigint, b2 bigint) returns double precision
language plpgsql immutable strict parallel safe as $$
declare
  v_smallest bigint := least(a1, b1, a2, b2);
  v_term double precision; -- its logarithm
  v_sum double precision := 0;
begin
  if v_smallest < 1 then
    raise exception 'Each parameter is at least 1, not %.', v_smallest using errcode = 'CO005';
  elsif v_smallest = a2 and a2 < a1 then
    return 1 - app_hidden.probability_greater(a2, b2, a1, b1);
  elsif v_smallest = b2 and b2 < a1 then
    -- X > Y where 1 - Y > 1 - X.
    return app_hidden.probability_greater(b2, a2, b1, a1);
  elsif v_smallest = b1 and b1 < a1 then
    return 1 - app_hidden.probability_greater(b1, a1, b2, a2);
  end if;
  v_term := app_hidden.ln_beta(a2, b1 + b2) - app_hidden.ln_beta(a2, b2);
  for i in 0 .. a1 - 1 loop
    v_sum := v_sum + case when v_term > -700 then exp(v_term) else 0 end;
    v_term := v_term + ln((a2 + i)::double precision * (b1 + i) / ((a2 + b1 + b2 + i)::double precision * (1 + i)));
  end loop;
  return least(greatest(v_sum, 0), 1);
end
$$;
comment on function app_hidden.probability_greater(bigint, bigint, bigint, bigint) is
  'Probability that a number distributed as beta(a1, b1) is greater than an independent one of beta(a2, b2): the exact sum, for whole parameters from 1. Errors: CO005 a parameter below 1.';

create or replace function app_hidden.expected_loss(a1 bigint, b1 bigint, a2 bigint, b2 bigint) returns double precision
language sql immutable strict parallel safe as $$
  -- E[max(Y - X, 0)] = E[Y; Y > X] - E[X; Y > X], and a beta's mean under a condition is the condition's probability with a + 1.
  select greatest(a2::double precision / (a2 + b2) * app_hidden.probability_greater(a2 + 1, b2, a1, b1)
                - a1::double precision / (a1 + b1) * app_hidden.probability_greater(a2, b2, a1 + 1, b1), 0)
$$;
comment on function app_hidden.expected_loss(bigint, bigint, bigint, bigint) is
  'How much rate is lost on average by choosing the first where the second may be greater: E[max(Y - X, 0)] for X of beta(a1, b1) and Y of beta(a2, b2) (C. Stucchio 2015, "Bayesian A/B testing at VWO"). Errors: CO005 a parameter below 1.';

create or replace function app_hidden.sample_ratio_p(counts bigint[], weights integer[]) returns double precision
language sql immutable strict parallel safe as $$
  select app_hidden.chi_square_survival(sum((c.n - c.expected) ^ 2 / c.expected), count(*)::integer - 1)
    from (select u.n, sum(u.n) over () * u.weight::double precision / sum(u.weight) over () as expected from unnest(counts, weights) u(n, weight)) c
   where c.expected > 0
  having count(*) > 1
$$;
comment on function app_hidden.sample_ratio_p(bigint[], integer[]) is
  'Pearson''s chi-square p that groups of these sizes come from these weights; null where nobody is in any. Below 0.001 something sorts people (Fabijan et al. 2019, KDD, "Diagnosing sample ratio mismatch").';

-- Robbins' mixture (1970, Ann. Math. Stat. 41:1397-1409) over Wald's pairs (1947, Sequential Analysis, ch. 6). The k-th
-- rated subject of one arm is paired with the k-th of the other; where both fared alike the pair says nothing, and where
-- not, either is the lucky one with probability 1/2 if the arms are equally good, whatever their common rate. Against
-- that simple hypothesis the beta(c, c)-mixture of binomial likelihoods is a martingale of mean 1, which ever reaches
-- 20 with probability at most 1/20 (Ville 1939): look as often as you like. 1 / the largest value so far is an
-- always-valid p-value (Johari, Koomen, Pekelis & Walsh 2022, Oper. Res. 70:1806-1821).
create or replace function app_hidden.mixture_step(own bigint, other bigint) returns double precision
language sql immutable strict parallel safe as $$
  -- c = 10: of differences that matter (60:40 to 75:25 among unlike pairs) it finds most sooner than the uniform c = 1.
  select ln(2 * (10.0 + own) / (20.0 + own + other))
$$;
comment on function app_hidden.mixture_step(bigint, bigint) is
  'By how much the logarithm of the mixture grows with one more pair that is unlike in a way seen `own` times before, and `other` times the other way.';

create or replace function app_hidden.always_valid_p(pairs smallint[]) returns double precision
language sql immutable strict parallel safe as $$
  select least(1, coalesce(min(exp(-least(greatest(m.logarithm, -700), 700))), 1))
    from (select sum(s.step) over (order by s.place) as logarithm
            from (select d.place, app_hidden.mixture_step(count(*) filter (where d.sign = 1) over w * (d.sign = 1)::integer + count(*) filter (where d.sign = -1) over w * (d.sign = -1)::integer,
                                                          count(*) filter (where d.sign = -1) over w * (d.sign = 1)::integer + count(*) filter (where d.sign = 1) over w * (d.sign = -1)::integer) as step
                    from unnest(pairs) with ordinality d(sign, place)
                   where d.sign <> 0
                  window w as (order by d.place rows between unbounded preceding and 1 preceding)) s) m
$$;
comment on function app_hidden.always_valid_p(smallint[]) is
  'The always-valid p that two arms are equally good, by their pairs in order: 1 where the first arm''s subject alone was helped, -1 where the second''s alone, 0 where both fared alike. 1 as long as nothing is known; it never rises.';
