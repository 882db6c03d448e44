/**
 * Pairs of knowledge entries, or of an entry and an SOP, of which a person said whether both can be right. Half of them
 * were written before the rules were tuned, the `later` ones after: their figures say what the rules are worth.
 */

export interface Pair {
  name: string
  one: [question: string, answer: string]
  /** An entry, or the text of an SOP of the same category. */
  other: [question: string, answer: string] | string
  contradicts: boolean
  /** The second stands in another topic: only its question leads to it. */
  elsewhere?: true
  later?: true
}

const yes = (name: string, one: Pair['one'], other: Pair['other'], rest: Partial<Pair> = {}): Pair => ({
  name,
  one,
  other,
  contradicts: true,
  ...rest,
})
const no = (name: string, one: Pair['one'], other: Pair['other'], rest: Partial<Pair> = {}): Pair => ({
  ...yes(name, one, other, rest),
  contradicts: false,
})

export const pairs: Pair[] = [
  yes(
    'how long before a booking is cancelled',
    ['How long before can I cancel my booking?', 'Up to 20 minutes before the start.'],
    ['Until when can I cancel a booking?', 'You can cancel until 24 hours before the start.'],
  ),
  no(
    'two bays',
    ['Is bay 1 left-handed?', 'Bay 1 has a mat of 2 metres for left-handed players.'],
    ['Is bay 2 left-handed?', 'Bay 2 has a mat of 3 metres for left-handed players.'],
  ),
  no(
    'an hour in minutes',
    ['How long is a session?', 'A session lasts 60 minutes.'],
    ['How long does one session last?', 'A session lasts 1 hour.'],
  ),
  no(
    'euros written twice',
    ['What does a bucket of balls cost?', 'A bucket of balls costs €5.'],
    ['How much is a bucket of balls?', 'It is 5 EUR for a bucket of balls.'],
  ),
  yes(
    'the price of a bucket',
    ['What does a bucket of balls cost?', 'A bucket of balls costs €5.'],
    ['How much is a bucket of balls?', 'A bucket is 7 euros.'],
  ),
  yes(
    'closing time',
    ['When do you close?', 'We close at 22:00.'],
    ['What time do you close?', 'The doors close at 11 pm.'],
  ),
  no(
    'the same time in two writings',
    ['When do you close?', 'We close at 22:00.'],
    ['What time do you close?', 'We close at 10 pm.'],
  ),
  no(
    'opening and closing',
    ['When do you open?', 'We open at 7 am.'],
    ['When do you close?', 'We close at 10 pm.'],
  ),
  no(
    'weekdays and weekends',
    ['What does an hour cost on weekdays?', 'An hour costs $30 on weekdays.'],
    ['What does an hour cost at weekends?', 'An hour costs $45 at weekends.'],
  ),
  no(
    'members and guests',
    ['How far ahead can members book?', 'Members can book 30 days ahead.'],
    ['How far ahead can guests book?', 'Guests can book 14 days ahead.'],
  ),
  yes(
    'how far ahead, for everybody',
    ['How far ahead can I book?', 'You can book 14 days ahead.'],
    ['How many days in advance can I book a bay?', 'Bookings open 21 days in advance.'],
  ),
  yes(
    'how many people share a bay',
    ['How many people may share a bay?', 'Up to 4 players.'],
    ['How many players can share one bay?', 'At most 6 people may share a bay.'],
  ),
  no(
    'players and days',
    ['How many people may share a bay?', 'Up to 4 players.'],
    ['How many days before do I book a bay?', 'At least 2 days before.'],
  ),
  yes(
    'the address for waivers',
    ['Where do I ask for a waiver?', 'Ask for it at https://my.club.example/fees within 14 days.'],
    ['Where can I ask for a waiver of the fee?', 'Use the form at https://help.club.example/waiver.'],
  ),
  no(
    'an address with and without its path',
    ['Where do I ask for a waiver?', 'Ask for it at https://my.club.example/fees.'],
    ['Where can I ask for a waiver of the fee?', 'On www.my.club.example/fees.'],
  ),
  yes(
    'the promo code',
    ['Which code gives new customers a discount?', 'The promo code is WELCOME10.'],
    ['What is the code for the discount of new customers?', 'Use the promo code HELLO2026.'],
  ),
  yes(
    'the telephone number',
    ['What is your phone number?', 'Call us on 555 013 1100.'],
    ['Which phone number can I call?', 'Our phone number is 555 013 9900.'],
  ),
  yes(
    'the cancellation fee in percent',
    ['How much of my money do I lose when I cancel late?', 'A late cancellation costs 50 % of the price.'],
    ['What does a late cancellation cost?', 'We keep 80 percent of the price for a late cancellation.'],
  ),
  no(
    'the first and the second no-show',
    ['What happens after the first no-show?', 'The first no-show costs $15.'],
    ['What happens after the second no-show?', 'The second no-show costs $45.'],
  ),
  no(
    'cancel and extend',
    ['Until when can I cancel?', 'Until 24 hours before the start.'],
    ['Until when can I extend my session?', 'Until 5 minutes before the end.'],
  ),
  no(
    'one says both',
    ['When can I cancel?', 'Free of charge until 24 hours before; after that you lose the money.'],
    ['Can I cancel 2 hours before?', 'Yes, but only until 24 hours before is it free of charge.'],
  ),
  yes(
    'how long credit is valid',
    ['How long is account credit valid?', 'Account credit is valid for 12 months.'],
    ['When does my account credit expire?', 'Account credit expires after 6 months.'],
  ),
  no(
    'a year in months',
    ['How long is account credit valid?', 'Account credit is valid for 12 months.'],
    ['When does my account credit expire?', 'Account credit expires after one year.'],
  ),
  no(
    'gift vouchers and promo codes',
    ['How long is a gift voucher valid?', 'A gift voucher is valid for 3 years.'],
    ['How long is a promo code valid?', 'A promo code is valid for 30 days.'],
  ),
  yes(
    'free or not',
    ['Is parking free?', 'Parking is free of charge.'],
    ['What does parking cost?', 'Parking costs $2 an hour.'],
  ),
  yes(
    'free clubs, in other topics',
    ['What does it cost to rent clubs?', 'Rental clubs cost $15 a session.'],
    ['How much does it cost to rent clubs?', 'Rental clubs cost $25 a session.'],
    { elsewhere: true },
  ),
  no(
    'premium and house clubs',
    ['What do premium clubs cost?', 'A premium set costs $15 a session.'],
    ['What do house clubs cost?', 'House clubs cost $5 a session.'],
  ),
  no(
    'per hour and per month',
    ['What does a bay cost?', 'A bay costs $30 per hour.'],
    ['What does the bay subscription cost?', 'It costs $120 per month.'],
  ),
  yes(
    'when the code is sent',
    ['When is the door code sent?', 'The door code is sent 60 minutes before the start.'],
    ['When do I receive my door code?', 'You get the door code 15 minutes before the start.'],
  ),
  no(
    'sent and valid',
    ['When is the door code sent?', 'The door code is sent 60 minutes before the start.'],
    ['How long is the door code valid?', 'The door code is valid until 15 minutes after the end.'],
  ),
  yes(
    'tries of the door code',
    ['How often can I try the door code?', 'After 3 attempts the keypad is locked.'],
    ['How many attempts do I have with the door code?', 'You have 5 attempts.'],
  ),
  no(
    'children and adults',
    ['What does a lesson cost for children?', 'A lesson costs $30 for children.'],
    ['What does a lesson cost for adults?', 'A lesson costs $60 for adults.'],
  ),
  no(
    'a number of the street',
    ['Where are you?', 'We are in 14 Capstan Street, on floor 2.'],
    ['Where do I find you?', 'At 3 Weir Road, 8 minutes on foot from the station.'],
  ),
  yes(
    'Stornofrist',
    ['Bis wann kann ich meine Buchung stornieren?', 'Bis 20 Minuten vor Beginn.'],
    ['Wie lange vorher kann ich stornieren?', 'Eine Stornierung ist bis 24 Stunden vorher möglich.'],
  ),
  no(
    'Stunde und Minuten',
    ['Wie lange dauert eine Runde im Simulator?', 'Eine Runde dauert 60 Minuten.'],
    ['Wie lange dauert eine Runde?', 'Eine Runde dauert eine Stunde.'],
  ),
  yes(
    'Preis der Leihschläger',
    ['Was kosten Leihschläger?', 'Leihschläger kosten 15 € pro Stunde.'],
    ['Wie teuer sind Leihschläger?', 'Leihschläger kosten 12,50 Euro pro Stunde.'],
  ),
  no(
    'Preis in zwei Schreibweisen',
    ['Was kosten Leihschläger?', 'Leihschläger kosten 12,50 €.'],
    ['Wie teuer sind Leihschläger?', 'Leihschläger kosten EUR 12.50.'],
  ),
  yes(
    'Öffnungszeit',
    ['Wann öffnet ihr?', 'Wir öffnen um 9 Uhr.'],
    ['Ab wann habt ihr geöffnet?', 'Wir öffnen um 10:30 Uhr.'],
  ),
  no(
    'Werktags und am Wochenende',
    ['Wann öffnet ihr werktags?', 'Werktags öffnen wir um 9 Uhr.'],
    ['Wann öffnet ihr am Wochenende?', 'Am Wochenende öffnen wir um 8 Uhr.'],
  ),
  no(
    'Mitglieder und Gäste',
    ['Was kostet eine Stunde für Mitglieder?', 'Mitglieder zahlen 20 € pro Stunde.'],
    ['Was kostet eine Stunde für Gäste?', 'Gäste zahlen 30 € pro Stunde.'],
  ),
  yes(
    'Kündigungsfrist',
    ['Welche Kündigungsfrist hat die Mitgliedschaft?', 'Die Kündigungsfrist beträgt 3 Monate.'],
    ['Wie lang ist die Kündigungsfrist der Mitgliedschaft?', 'Die Kündigungsfrist ist 4 Wochen.'],
  ),
  no(
    'Bucht 1 und Bucht 2',
    ['Was kostet Bucht 1?', 'Bucht 1 kostet 20 € pro Stunde.'],
    ['Was kostet Bucht 2?', 'Bucht 2 kostet 28 € pro Stunde.'],
  ),
  yes(
    'an SOP with another deadline',
    ['Until when can I cancel a booking?', 'You can cancel a booking until 2 hours before the start.'],
    '# Cancel a booking\n\n## Steps\n1. A booking can be cancelled until 24 hours before its start.\n2. The money is back on the card within 5 days.\n',
  ),
  no(
    'an SOP that says the same',
    ['Until when can I cancel a booking?', 'You can cancel a booking until one day before the start.'],
    '# Cancel a booking\n\n## Steps\n1. A booking can be cancelled until 24 hours before its start.\n2. The money is back on the card within 5 days.\n',
  ),
  no(
    'an SOP that speaks of something else too',
    ['How soon do I get the money back?', 'The money is on your card within 5 days.'],
    '# Cancel a booking\n\n## Steps\n1. A booking can be cancelled until 24 hours before its start.\n2. The refund of the money reaches the card within 5 days, with some banks within 10 days.\n',
  ),
  yes(
    'an SOP with another fee',
    ['What is the fee for a no-show?', 'The fee for a no-show is $25 for each booked hour.'],
    '# No-show fee\n\n## Steps\n1. The fee for a no-show is $15 for each booked hour.\n',
  ),
  // Written after the rules stood.
  yes(
    'the deposit',
    ['How high is the deposit for a party?', 'The deposit for a party is $200.'],
    ['What deposit do you take for a party?', 'We take a deposit of $150 for a party.'],
    { later: true },
  ),
  yes(
    'how long lost things are kept',
    ['How long do you keep lost property?', 'We keep lost property for 30 days.'],
    ['How long is lost property kept?', 'Lost property is kept for two weeks, then given away.'],
    { later: true },
  ),
  no(
    'a bound and a value within',
    ['How long can I freeze my membership?', 'You can freeze a membership for 1 to 3 months.'],
    ['How long may I freeze the membership?', 'A membership can be frozen for up to 3 months.'],
    { later: true },
  ),
  no(
    'the deposit and the price',
    ['How high is the deposit for a party?', 'The deposit for a party is $200.'],
    ['What does a party cost?', 'A party costs $650 for three hours.'],
    { later: true },
  ),
  yes(
    'minimum age',
    ['How many balls are in a bucket?', 'There are 50 balls in a bucket.'],
    ['How many balls does a bucket hold?', 'A bucket holds 80 balls.'],
    { later: true },
  ),
  no(
    'small and large buckets',
    ['How many balls are in a small bucket?', 'There are 50 balls in a small bucket.'],
    ['How many balls are in a large bucket?', 'There are 100 balls in a large bucket.'],
    { later: true },
  ),
  no(
    'summer and winter',
    ['When do you close in summer?', 'In summer we close at 23:00.'],
    ['When do you close in winter?', 'In winter we close at 21:00.'],
    { later: true },
  ),
  yes(
    'the wi-fi password',
    ['What is the Wi-Fi password?', 'The password is FAIRWAY2026.'],
    ['Which password does the Wi-Fi have?', 'The password is BIRDIE77.'],
    { later: true },
  ),
  no(
    'two passwords of two things',
    ['What is the Wi-Fi password?', 'The password is FAIRWAY2026.'],
    ['What is the code of the lockers?', 'The code is 4711.'],
    { later: true },
  ),
  yes(
    'Wie lange Guthaben gilt',
    ['Wie lange ist mein Guthaben gültig?', 'Guthaben ist 12 Monate gültig.'],
    ['Wann verfällt mein Guthaben?', 'Guthaben verfällt nach 6 Monaten.'],
    { later: true },
  ),
  no(
    'Kaffee und Bier',
    ['Was kostet ein Kaffee?', 'Ein Kaffee kostet 3 €.'],
    ['Was kostet ein Bier?', 'Ein Bier kostet 4,50 €.'],
    { later: true },
  ),
  no(
    'Erstattung und Stornierung',
    ['Wann kommt die Erstattung?', 'Die Erstattung kommt innerhalb von 5 Tagen.'],
    ['Bis wann kann ich stornieren?', 'Bis 24 Stunden vor Beginn.'],
    { later: true },
  ),
  yes(
    'Personen je Bucht',
    ['Wie viele Personen dürfen in eine Bucht?', 'Höchstens 4 Personen.'],
    ['Wie viele Spieler passen in eine Bucht?', 'In eine Bucht passen 6 Spieler.'],
    { later: true },
  ),
  no(
    'a party with catering',
    ['What does a party cost?', 'A party costs $650 for three hours.'],
    [
      'What does a party with catering and drinks for 20 guests cost?',
      'With catering and drinks a party costs $990.',
    ],
    { later: true },
  ),
  no(
    'clubs and the whole set',
    ['What does it cost to rent a driver?', 'A driver costs $8.'],
    ['What does it cost to rent a whole set?', 'A set costs $25.'],
    { later: true },
  ),
  no(
    'the gate and the door',
    ['When does the parking gate close?', 'The parking gate closes at 23:00.'],
    ['When does the lobby close?', 'The lobby closes at 22:00.'],
    { later: true },
  ),
  yes(
    'when the gate closes',
    ['When does the parking gate close?', 'The parking gate closes for entry at 23:00.'],
    ['Until when can I drive in?', 'The gate of the car park closes for entry at 21:00.'],
    { later: true },
  ),
  yes(
    'what a lesson costs',
    ['What does a lesson cost?', 'A lesson of 50 minutes costs $75.'],
    ['How much is a lesson?', 'A lesson costs $60 and takes 50 minutes.'],
    { later: true },
  ),
  no(
    'late arrival and early arrival',
    ['How early may I arrive?', 'The door opens 10 minutes before the start.'],
    ['How late may I arrive?', 'Your code works until 15 minutes after the end.'],
    { later: true },
  ),
]
