/** A small club for tests whose answers we know. */
import type { AnsweringServices } from '../../core/answering/ask.ts'
import { settle } from '../../core/content/import.ts'
import { withClaims } from '../../core/database/index.ts'

const sops: Record<string, string> = {
  'access/door_code': `# Door code does nothing

## When to use

The customer types the door code and the keypad stays red.

## Steps

1. Wake the keypad with the star key.
2. Type all six digits, then press the hash key.
`,
  'tech_support/projector_black': `# Projector is black

## When to use

The projector shows no picture.

## Steps

1. Press Help, then Projector, then On.
2. Wait 90 seconds.
`,
  'booking/cancel_booking': `# Cancel a booking

## When to use

The customer wants to cancel a booking.

## Steps

1. Open the app, My bookings, Cancel.
2. Up to 12 hours before the start the money goes back.
`,
  'facilities/parking': `# Parking

## When to use

The customer asks where to park the car.

## Steps

1. The car park is behind the building, entry from Weir Road.
`,
  'emergency/injury': `# Injury

## When to use

Somebody is hurt.

## Steps

1. Call 911.

## What to say to the customer

Call 911 now. Our team has been alerted.
`,
  'brand/dress_code': `# Dress code

## When to use

The customer asks what to wear.

## Steps

1. Clean shoes without metal spikes.
`,
}

export async function foundClub(services: AnsweringServices): Promise<void> {
  await withClaims(services.pool, { role: 'admin', actor: 'founder' }, async (client) => {
    await client.query(
      "insert into sites (slug, name, timezone) values ('harbour', 'Harbour', 'UTC'), ('quarry', 'Quarry', 'UTC')",
    )
    for (const [name, content] of Object.entries(sops))
      await client.query("select save_sop($1, $2, $3, 'The club opens')", [...name.split('/'), content])
    await client.query(
      "select save_knowledge('brand', 'dogs', 'May I bring my dog?', 'Assistance dogs only.', 'House rule')",
    )
  })
  await settle(services)
}
