/** What a well-behaved model writes from the demo club's procedures. All of it must pass the gate. */
export interface Honest {
  id: string
  /** Procedures it was given, as category/section; the first is [1]. */
  sops: string[]
  text: string
}

const answers: [sops: string, text: string][] = [
  [
    'access/code_rejected',
    'Let us get you in. Press the lantern symbol to wake the keypad, enter all 6 digits slowly, then press # [1]. Without the # nothing happens [1].',
  ],
  [
    'access/code_rejected',
    'Please check the time first: the code works from 10 minutes before the start of the booking until 15 minutes after its end [1].\n\nIf the keypad blinks blue, it has locked after 5 wrong tries; wait 3 minutes [1].',
  ],
  [
    'access/code_rejected',
    '1. Wake the keypad with the lantern symbol.\n2. Enter all six digits.\n3. Press #. [1]\n\nIf it stays red, call the night desk on 555-0142 and they open the door from afar, usually within 2 minutes [1].',
  ],
  [
    'access/code_rejected',
    "You can also open it with the app: **My bookings > today's booking > Unlock**. It needs Bluetooth and works within 5 metres of the door [1].",
  ],
  [
    'access/code_rejected',
    'Bitte wecken Sie das Tastenfeld mit dem Laternensymbol, geben Sie alle 6 Ziffern ein und drücken Sie dann # [1]. Nach 5 falschen Versuchen ist das Tastenfeld 3 Minuten lang gesperrt [1].',
  ],
  [
    'access/code_rejected',
    'Réveillez le clavier avec le symbole de la lanterne, saisissez les 6 chiffres puis # [1]. Si cela ne marche pas, appelez le 555-0142 [1].',
  ],
  [
    'access/code_rejected',
    'Despierte el teclado con el símbolo de la linterna, introduzca los 6 dígitos y después # [1]. Si sigue en rojo, llame al 555-0142 [1].',
  ],
  [
    'access/door_stuck',
    'A green light means your code is fine. Pull the door firmly towards you first, then push; you have 7 seconds after the green light [1].',
  ],
  [
    'access/door_stuck',
    'At Harbour and Northgate the doors push inward, at Millrace and Quarry they pull outward [1].\n\n- Look for gravel or ice in the sill [1]\n- Please do not use tools and do not kick the door [1]',
  ],
  [
    'access/door_stuck',
    'If it still will not move, call the night desk on 555-0142. They can cycle the lock, which takes 30 seconds, and a locksmith can be there in 60 minutes [1].',
  ],
  [
    'access/door_stuck',
    'Ein grünes Licht heißt, dass Ihr Code stimmt [1]. Ziehen Sie die Tür kräftig zu sich, und drücken Sie dann. Nach dem grünen Licht haben Sie sieben Sekunden [1].',
  ],
  [
    'billing/refund',
    'A refund to the card is due if the booking was cancelled 24 hours or more before the start, if we could not provide the bay, or if we charged a wrong amount [1].',
  ],
  [
    'billing/refund',
    'You can ask for a refund at https://my.lanternside.example/refund with your booking number, within 30 days [1]. Staff answer within 2 working days, and the money arrives 3 to 5 working days after approval [1].',
  ],
  [
    'billing/refund',
    'After a fault of ours that lasted longer than 15 minutes you can choose: a refund of the lost share, or the same as credit plus 20% [1].',
  ],
  [
    'billing/refund',
    "I'm sorry your evening was cut short! Here is how it works:\n\n* **Fault of ours, longer than 15 minutes:** refund of the lost share, or credit plus 20 percent. [1]\n* **Where to ask:** [the refund page](https://my.lanternside.example/refund), within 30 days. [1]",
  ],
  [
    'billing/refund',
    'Eine Rückerstattung beantragen Sie unter https://my.lanternside.example/refund mit der Buchungsnummer, innerhalb von 30 Tagen [1]. Die Antwort kommt innerhalb von 2 Werktagen [1].',
  ],
  [
    'billing/refund',
    'Unfortunately late cancellations under 24 hours, no-shows and arriving late are not refundable [1].',
  ],
  [
    'billing/prices',
    'A bay at Harbour costs $32 an hour off-peak and $44 at peak times [1]. The price is for the bay, for up to 4 players [1].',
  ],
  [
    'billing/prices',
    '| site | off-peak | peak |\n|---|---|---|\n| Harbour | $32 | $44 |\n| Millrace | $28 | $38 |\n| Northgate | $34 | $48 |\n| Quarry | $24 | $32 |\n\nThese are prices per bay and hour [1].',
  ],
  [
    'billing/prices',
    'Peak is Monday to Friday from 5 pm to 10 pm, and Saturday and Sunday from 9 am to 8 pm [1]. All other times are off-peak.',
  ],
  [
    'billing/prices',
    "Le box à Quarry coûte 24 dollars de l'heure en heures creuses et 32 dollars en heures de pointe [1].",
  ],
  [
    'billing/prices',
    'In Northgate kostet die Box 34 $ pro Stunde, zur Hauptzeit 48 $ [1]. Hauptzeit ist Montag bis Freitag von 17 bis 22 Uhr sowie Samstag und Sonntag von 9 bis 20 Uhr [1].',
  ],
  [
    'billing/prices',
    'En Millrace la cabina cuesta $28 la hora, y $38 en hora punta [1]. Los impuestos están incluidos.',
  ],
  [
    'billing/prices',
    'Balls, tees and the house clubs are included. A premium rental set is $15 a session, and tax is included [1].',
  ],
  [
    'billing/no_show_fee',
    'The first no-show in twelve months is waived on request: go to https://my.lanternside.example/fees and choose "Ask for waiver" within 14 days [1].',
  ],
  [
    'billing/no_show_fee',
    'Members with included hours pay $15 for each booked hour, at most $45 [1]. The fee is taken the next morning at 9:00 AM [1].',
  ],
  [
    'billing/no_show_fee billing/refund',
    'Was it your first one in a year? Then the fee is waived on request [1]. A refund to the card, if one is due, arrives 3 to 5 working days after approval [2].',
  ],
  [
    'booking/late_arrival',
    'Drive safely, the bay is yours until the end of your slot. Your code keeps working until 15 minutes after the end [1].',
  ],
  [
    'booking/late_arrival',
    'No problem! Nobody needs to call. The session ends at the booked time, and if the bay is free afterwards you may extend on the tablet at the normal price [1].',
  ],
  [
    'booking/guests',
    'Bring them along: the bay price covers up to four players, and at most six people may be in the bay including spectators [1]. At Quarry it is 4 people in all [1].',
  ],
  [
    'booking/guests',
    'Kinder unter 16 dürfen nur mit einem Erwachsenen in die Box, und Kinder unter 6 dürfen hinter der gelben Linie zuschauen [1].',
  ],
  [
    'membership/plans',
    'We have four plans:\n\n- **Night Owl**: $59 a month, 8 hours, only 22:00 to 08:00\n- **Solo**: $119 a month, 10 hours at any time\n- **Links**: $179 a month, 20 hours at any time\n- **Household**: $229 a month, 24 hours shared by up to 4 people\n\n[1]',
  ],
  [
    'membership/plans',
    'There is no joining fee, and the minimum term is 3 months; afterwards it runs month to month [1]. Members may book 30 days ahead [1].',
  ],
  [
    'membership/plans',
    'If you play up to twice a week for an hour, **Solo** fits: $119 per month for 10 hours [1]. Only late at night? Then Night Owl at $59 [1].',
  ],
  [
    'membership/plans',
    'Le forfait Solo coûte 119 $ par mois et comprend 10 heures [1]. La durée minimale est de 3 mois [1].',
  ],
  [
    'membership/freeze',
    'In the app go to Profile > Membership > Freeze and choose 1, 2 or 3 months [1]. While frozen nothing is charged except $5 a month [1].',
  ],
  [
    'membership/freeze',
    'You can freeze for up to three months in a calendar year. It starts on the 1st of the next month if you set it by the 25th [1].',
  ],
  [
    'membership/freeze',
    'Sie können die Mitgliedschaft für 1, 2 oder 3 Monate pausieren [1]. In dieser Zeit kostet sie nur 5 $ im Monat [1].',
  ],
  [
    'membership/cancel_membership',
    'After the minimum term of 3 months, give notice by the 20th and it ends on the last day of that month [1]. You can do it in the app under Profile > Membership > End membership, or write to members@lanternside.example [1].',
  ],
  [
    'membership/app_login',
    'Press "Forgot password" on the login page. The link comes within 5 minutes from accounts@lanternside.example and is valid for 30 minutes [1]. Only the newest link works [1].',
  ],
  [
    'membership/app_login',
    'After 6 wrong passwords the account locks for 20 minutes; a reset unlocks it at once [1].',
  ],
  [
    'membership/app_login',
    'Please update the app to version 4.2 or later, or use https://my.lanternside.example, which does the same [1].',
  ],
  [
    'facilities/opening_hours',
    'At Millrace guests may play from 7 am to 11 pm [1]. Staff are there Monday to Friday from noon to 8 pm, and at the weekend from 9 am to 6 pm [1].',
  ],
  [
    'facilities/opening_hours',
    'Yes, all sites are open every day of the year; they are unstaffed on December 25 and January 1 [1].',
  ],
  [
    'facilities/opening_hours',
    'Harbour hat für Gäste von 6 bis 24 Uhr geöffnet [1]. Personal ist täglich von 10:00 bis 21:00 Uhr da, freitags und samstags bis 22:00 Uhr [1].',
  ],
  [
    'facilities/opening_hours',
    'Quarry est ouvert aux invités de 6h à 22h [1]. Le personnel est présent le samedi de 10 h à 14 h seulement [1].',
  ],
  [
    'facilities/opening_hours',
    'Northgate abre para invitados de 06:00 a 24:00 [1]. Hay personal todos los días de 9:00 a 22:00 [1].',
  ],
  ['facilities/opening_hours', 'クオリー(Quarry)のスタッフは土曜日の10:00から14:00までです [1]。'],
  [
    'facilities/parking',
    'At Northgate parking is free for 4 hours if your plate is registered on the lobby tablet; otherwise the cameras issue a $60 fine [1].',
  ],
  [
    'facilities/parking',
    'Forward the fine with your booking number to parking@lanternside.example within ten days. If you had a session and it is your first, we have it cancelled. Please do not pay it before [1].',
  ],
  [
    'facilities/parking',
    'Harbour: 20 free spaces behind the building, entry from Ropewalk Lane. The gate closes for entry at 11 p.m.; later use Capstan Street [1].',
  ],
  [
    'facilities/wifi',
    'The network is called Lanternside-Harbour. The password is on the bay tablet under **Help > Wi-Fi** and changes every Monday at 05:00 [1]. Then accept the terms on the page that opens [1].',
  ],
  [
    'facilities/wifi',
    'If the page does not open, go to http://join.lanternside.example in your browser and turn off the VPN [1].',
  ],
  [
    'facilities/heating_cooling',
    'On the tablet under Climate you can set 16–24 degrees. It takes about 15 minutes until you feel it [1].',
  ],
  [
    'facilities/lost_property',
    'Please fill in https://my.lanternside.example/lost with site, bay, time and a description; staff answer within one working day [1]. Found items are kept for 30 days [1].',
  ],
  [
    'facilities/power_outage',
    'Please stop swinging. If only your bay is dark, call 555-0142; they reset the breaker from afar in 3 minutes [1]. Do not open the panel [1].',
  ],
  [
    'tech_support/projector_black',
    'Let us get your picture back:\n\n1. Look at the light on the front of the projector [1].\n2. Off or red: press Help > Projector > On on the bay tablet and wait 90 seconds [1].\n3. Orange blinking: press Help > Projector > Off, wait 10 minutes, then On [1].',
  ],
  [
    'tech_support/projector_black',
    'Für „No signal“: Help > Projector > Source > HDMI 1 [1]. Hilft das nicht, starten Sie mit Help > Restart bay neu; das dauert 4 Minuten, und die Runde bleibt erhalten [1].',
  ],
  [
    'tech_support/projector_black',
    'If the outage lasts more than a quarter of an hour, the lost time is refunded, or credited plus 20 percent [1].',
  ],
  [
    'tech_support/projector_blurry',
    'Try **Lights > Play mode** and then **Auto focus**; that clears it nine times in ten [1]. The projector needs five minutes to warm up [1].',
  ],
  [
    'tech_support/ball_not_tracked',
    'Is the ring above you green? Put a striped ball into the white circle and wait 2 seconds before you swing [1]. Left-handed? Set it under tablet > Player > Left or Right [1].',
  ],
  [
    'tech_support/no_sound',
    'Move the slider up under Tablet > Sound and see that "Mute" is off [1]. Between 11 pm and 7 am the volume is limited to 40% because of the neighbours [1].',
  ],
  [
    'brand/house_rules',
    "Drinks with a lid may be taken into the bay. Your own alcohol is not allowed at any site, but Northgate's bar is open Thursday to Saturday, 5 pm to 10 pm [1].",
  ],
  [
    'brand/house_rules',
    'Hunde sind leider nicht erlaubt, außer Assistenzhunde [1]. Rauchen ist nur draußen erlaubt, fünf Meter von der Tür entfernt [1].',
  ],
  [
    'brand/complaint',
    'I am sorry, that is not the evening you paid for. You can write to feedback@lanternside.example; an answer comes within 3 working days [1].',
  ],
  [
    'coaching/lessons',
    'A single lesson of 45 minutes is $75, bay included. Five lessons cost $340 [1]. You can move or cancel up to 24 hours before at no cost [1].',
  ],
  [
    'coaching/lessons',
    'Coaches are Ines Tolland at Harbour, Bo Achterberg at Northgate and Priya Sandell at Millrace [1].',
  ],
  [
    'equipment/rental_clubs',
    'House clubs in the lobby rack are free. A premium set is $15 per session [Source 1]. Please put the clubs back within ten minutes of the end [Source 1].',
  ],
  [
    'equipment/rental_clubs',
    'Das Premium-Set kostet 15 Dollar pro Session【1】. Das Schließfach bleibt 60 Sekunden offen【1】.',
  ],
  [
    'equipment/damage',
    'Thank you for telling us. Please stop hitting at the torn place and send a photo. Damage by normal play is free; nobody pays for that [1].',
  ],
  [
    'events/league',
    'Winter league runs 10 weeks from the first Monday in November, $180 per team of two plus the bays at member price [1]. Sign up at https://lanternside.example/league until 7 days before the start [1].',
  ],
  [
    'events/party',
    'For 12 people the **Trio package** fits: 2 bays for 2 hours with host and snacks, $240 [1]. A 30% deposit holds the date for 7 days [1].',
  ],
  [
    'events/party',
    'You have two options:\n\n1. Trio package: two bays, two hours, up to twelve people, $240 [1]\n2. Full House: all bays for three hours. Harbour is $890, Northgate $1,150 [1]',
  ],
  [
    'events/party',
    "La fête d'enfants (8 à 15 ans) comprend un box, 90 minutes et un coach, pour 6 enfants au plus : 160 $ [1].",
  ],
  ['booking/cancel_booking', 'You can cancel in the app under My bookings [1].'],
  [
    'emergency/locked_in',
    'You are not stuck: the fire door at the end of the bays always opens from inside [1]. If that fails, call 555-0142, they release all the locks within a minute [1].',
  ],
]

export const honest: Honest[] = answers.map(([sops, text], i) => ({
  id: `h${String(i + 1).padStart(2, '0')} ${sops.split(' ')[0]}`,
  sops: sops.split(' '),
  text,
}))
