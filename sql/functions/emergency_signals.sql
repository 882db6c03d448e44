-- What people write when it is serious. A club adds its own; false alarms cost a look, misses can cost more.
insert into app_public.emergency_signals (section, pattern) values
  ('injury', '\m(bleed(s|ing)?|blood|unconscious|passed out|not breathing|can''?t breathe|cannot breathe|heart attack|seizure|stroke|broke(n)? (my|his|her|their) (arm|leg|wrist|ankle|nose|finger|hand|neck)|knocked out|concussion|allergic reaction|ambulance|call 911|call 112)\M'),
  ('injury', '\m(someone|somebody|friend|mate|guy|kid|child|son|daughter|wife|husband|he|she|i|dad|mum|mom|man|woman|person|buddy)\M.{0,40}\m(hit|struck|smacked|whacked|clobbered)\M.{0,30}\m(in|on) the (head|face|eye|mouth|temple|throat)\M'),
  ('injury', '\m(collapsed|badly hurt|seriously hurt|is hurt|got hurt|injured|electrocuted|electric shock)\M'),
  ('fire', '\m(on fire|caught fire|there''?s (a )?fire|there is (a )?fire|flames?|burning smell|smell(s|ing)?( of| like)? (smoke|burning|gas)|smoke (is )?(coming|pouring|from)|full of smoke|smok(e|ing) (out of|from)|fire alarm|sparks? (coming|flying|from))\M'),
  ('flood', '\m(flood(ed|ing)?|burst pipe|pipe (has )?burst|water (is )?(pouring|gushing|everywhere|coming through|dripping (on|onto|from the ceiling))|ceiling (is )?leaking)\M'),
  ('locked_in', '\m(locked in(side)?|trapped|can(''?t|not) get out|stuck inside|door won''?t let (me|us) out|won''?t open from (the )?inside)\M'),
  ('threat', '\m(threaten(s|ed|ing)?|knife|gun|weapon|attack(ed|ing)|assault(ed)?|break(ing)? in(to)?|intruder|robb(ed|ery|ing)|being followed|harass(ed|ing)|fight(ing)? (broke|going|in)|punched|trying to hit (me|us))\M')
on conflict (pattern) do nothing;
