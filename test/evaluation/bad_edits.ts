/** Edits of the demo club's SOPs as somebody in a hurry, or a model with too much confidence, would propose them. */

export interface Edit {
  name: string
  sop: string
  /** What stands there, and what is to stand in its place. */
  from: string
  to: string
  /** What customers asked that led to it, and how they said the answer should have been. */
  asked?: string
  correction?: string
}

const change = (sop: string, from: string, to: string, more: Partial<Edit> = {}): Edit => ({
  name: `${sop}: ${from.slice(0, 40)} → ${to.slice(0, 40) || 'nothing'}`,
  sop,
  from,
  to,
  ...more,
})

/** Prices, times and numbers that nobody mentioned. */
export const wrongFigures: Edit[] = [
  change('billing/prices', '| Harbour | $32 | $44 |', '| Harbour | $32 | $54 |', {
    asked: 'how much is it on a saturday down at the docks',
  }),
  change(
    'billing/no_show_fee',
    'pay $15 for each booked hour, at most $45',
    'pay $25 for each booked hour, at most $75',
    {
      asked: 'what is this missed session charge',
    },
  ),
  change('billing/gift_and_promo', 'valid for 3 years', 'valid for 1 year', {
    asked: 'does my present card run out',
  }),
  change(
    'booking/cancel_booking',
    '24 hours or more before the start: full refund',
    '12 hours or more before the start: full refund',
    {
      asked: 'cash back if i call it off?',
    },
  ),
  change('booking/extend_session', 'Choose 30 or 60 minutes', 'Choose 15 or 45 minutes', {
    asked: 'can we keep hitting a little',
  }),
  change('membership/plans', '| Solo | $119 |', '| Solo | $99 |', { asked: 'whats the one person plan' }),
  change('coaching/lessons', 'Single lesson, 45 minutes: $75', 'Single lesson, 60 minutes: $75', {
    asked: 'how long do i get with the coach',
  }),
  change('access/code_rejected', 'Call the night desk on 555-0142.', 'Call the night desk on 555-0124.', {
    asked: 'keypad just blinks at me',
  }),
  change('facilities/wifi', 'changes every Monday at 05:00', 'changes every Monday at 17:00', {
    asked: 'internet word does not work',
  }),
  change('events/party', 'A deposit of 30 percent holds the date', 'A deposit of 10 percent holds the date', {
    asked: 'do we pay upfront for the birthday',
  }),
]

/** A step that is gone, mostly under cover of something new. */
export const lostSteps: Edit[] = [
  change(
    'access/code_rejected',
    '4. After 5 wrong tries the keypad locks for 3 minutes and blinks blue. Wait until the blinking stops.\n',
    '',
    {
      asked: 'keypad flashes blue',
    },
  ),
  change('access/door_stuck', '6. Do not use tools and do not kick the door.\n', '6. Stay calm.\n', {
    asked: 'it clicks but wont budge',
  }),
  change(
    'tech_support/projector_black',
    '5. Orange blinking: Help > Projector > Off, wait 10 minutes for it to cool, then On.\n',
    '',
    {
      asked: 'amber lamp on the beamer',
    },
  ),
  change(
    'tech_support/no_sound',
    '2. Sound > Output > Bay speakers. After somebody has paired a phone the sound goes to Bluetooth.\n',
    '2. Ask whether the customer has checked the cable.\n',
    { asked: 'it is silent' },
  ),
  change(
    'billing/card_declined',
    '4. After 3 failed attempts the account is blocked for 30 minutes against fraud. Wait; then use another card or Apple Pay.\n',
    '',
    { asked: 'it wont take my visa' },
  ),
  change(
    'booking/cancel_booking',
    '3. Included hours of a member go back to the plan if cancelled 4 hours or more before.\n',
    '',
    {
      asked: 'do my hours come back',
    },
  ),
  change(
    'facilities/parking',
    '3. A fine at Northgate: forward it with your booking number to parking@lanternside.example within 10 days. If you had a session and it is your first, we have it cancelled. Do not pay it before.\n',
    '3. Fines are for the driver to sort out.\n',
    { asked: 'got a ticket on the windscreen' },
  ),
  change(
    'membership/freeze',
    '2. It starts on the 1st of the next month if set by the 25th; later, on the 1st of the month after.\n',
    '',
    {
      asked: 'when does the break begin',
    },
  ),
  change(
    'equipment/rental_clubs',
    '5. Put the clubs back within 10 minutes of the end and shut the door until it clicks. The rental ends then.\n',
    '',
    { asked: 'where do i leave the set' },
  ),
  change('facilities/wifi', '6. Never connect to "LS-Bays": this is for the simulators and locked.\n', '', {
    asked: 'which network is it',
  }),
]

/** A section that was moved to where it does not belong: `from` is cut from `sop`, or put into `into`. */
export const movedSections: (Edit & { into?: string })[] = [
  ['billing/no_show_fee', 'I was there', 'booking/late_arrival'],
  ['billing/gift_and_promo', 'It says invalid', 'billing/account_credit'],
  ['facilities/wifi', 'Mobile signal', 'facilities/parking'],
  ['booking/extend_session', 'Prices', 'billing/prices'],
  ['membership/freeze', 'Injury or illness', 'emergency/injury'],
  ['coaching/lessons', 'Children', 'events/party'],
  ['tech_support/no_sound', 'Lobby music too loud', 'facilities/heating_cooling'],
  ['equipment/rental_clubs', 'Storage', 'facilities/lost_property'],
  ['billing/refund', 'Not refundable', 'booking/cancel_booking'],
  ['facilities/opening_hours', 'When nobody is there', 'access/reentry'],
].map(([sop, heading, into]) => ({
  name: `${sop}: section "${heading}" moved to ${into}`,
  sop: sop!,
  from: `## ${heading}`,
  to: '',
  into,
}))

/** What a good proposal looks like: more words that customers use, a step that was missing, a figure that somebody gave. */
export const honestEdits: Edit[] = [
  change('billing/prices', '| Harbour | $32 | $44 |', '| Harbour | $32 | $46 |', {
    asked: 'the table says 44 but i paid 46 at Harbour',
    correction: 'Harbour is $46 in the peak now',
  }),
  change('coaching/lessons', 'Five lessons: $340.', 'Five lessons: $350.', {
    asked: 'five lessons cost more than you said',
    correction: 'A pack of five is $350 since May',
  }),
  change('facilities/wifi', 'changes every Monday at 05:00', 'changes every Monday at 06:00', {
    asked: 'password at five did not work',
    correction: 'It changes at 06:00',
  }),
  change(
    'access/code_rejected',
    '## Steps\n1. Check the time.',
    '## Steps\n1. Check the time and that today is the day of the booking.',
    {
      asked: 'code for tomorrow',
    },
  ),
  change(
    'tech_support/no_sound',
    'No sound from the simulator, no music,',
    'No sound from the simulator, it is silent, no music,',
    {
      asked: 'it is silent',
    },
  ),
  change(
    'tech_support/projector_black',
    '4. Green but black: Help > Picture > Unblank. Someone has pressed the blank key.',
    '4. Green but black: somebody has pressed the blank key. Press Help > Picture > Unblank.',
    { asked: 'green lamp and no image' },
  ),
  change(
    'booking/extend_session',
    'whether it stops automatically.',
    'whether it stops automatically, or asks to keep hitting a little.',
    {
      asked: 'can we keep hitting a little',
    },
  ),
  change(
    'facilities/parking',
    '6. Bicycles: racks at all sites;',
    '6. Bicycles and scooters: racks at all sites;',
    {
      asked: 'where do i put my scooter',
    },
  ),
  change(
    'membership/plans',
    'There is no joining fee.',
    'There is no joining fee. Whoever wants to try first books a bay as a guest.',
    {
      asked: 'try before i join',
    },
  ),
  change(
    'billing/receipt',
    'A customer needs a receipt,',
    'A customer needs a receipt, a bill for the boss,',
    {
      asked: 'need a bill for my boss',
    },
  ),
  change('equipment/rental_clubs', 'Customer has no clubs,', 'Customer has no clubs, forgot them at home,', {
    asked: 'forgot my bag at home',
  }),
  change(
    'events/party',
    'Birthdays, stag and hen parties,',
    'Birthdays, stag and hen parties, work outings,',
    {
      asked: 'something for our department',
    },
  ),
]
