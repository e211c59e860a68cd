/**
 * What the lists of the most common passwords are made of, in lower case. Longer ones are these put together, with a year
 * or a few signs behind: see password.ts.
 */
export const COMMON: readonly string[] = `
password passwort passw0rd passphrase passwd pass kennwort geheim secret secure security sicher sicherheit letmein welcome
willkommen changeme change default temporary temp initial login logmein signin access admin administrator root superuser
manager master guest test testing tester demo example sample user username benutzer account office practice therapy therapist
psychotherapy psychotherapist psychologist counselling counselor clinic client patient doctor candor
qwerty qwertz qwertyuiop qwertzuiop azerty asdf asdfgh asdfghjkl yxcvbnm zxcvbn zxcvbnm poiuytrewq lkjhgfdsa mnbvcxz
1q2w3e4r 1q2w3e 1qaz2wsx zaq12wsx qazwsx qazwsxedc q1w2e3r4 1234567890 0123456789 123456789 987654321 12345678 1234567
123456 654321 12345 54321 1234 4321 123 321 111111 222222 000000 666666 777777 888888 999999 121212 123123 112233 123321
131313 159753 147258 789456 696969 102030 abcdefghijklmnopqrstuvwxyz abcdefgh abcdefg abcdef abcd1234 abc123 abcd abc
iloveyou ichliebedich loveyou lovely love liebe schatz princess prinzessin sunshine sonnenschein summer sommer winter spring
frühling fruehling autumn herbst january february march april june july august september october november december monday
friday sunday football fussball baseball basketball hockey soccer jordan michael michelle jennifer jessica ashley daniel
thomas andrew charlie robert matthew anthony joshua george harley hunter ranger buster tigger pepper ginger cookie maggie
shadow dragon monkey tiger lion eagle falcon phoenix batman superman spiderman starwars pokemon naruto matrix merlin mustang
ferrari porsche mercedes yamaha corvette killer hacker ninja warrior gandalf freedom whatever nothing trustno1 trust
computer internet hallo hello hallo123 google facebook samsung iphone windows microsoft apple orange banana cheese chocolate
chicken flower blume angel baby family familie mother father sister brother friends forever happy lucky money dollar
blink182 london berlin munich vienna paris newyork america canada england deutschland germany liverpool arsenal chelsea
jesus god maria amen mynoob donald zinch solo aa123456 a1b2c3
1980 1981 1982 1983 1984 1985 1986 1987 1988 1989 1990 1991 1992 1993 1994 1995 1996 1997 1998 1999 2000 2001 2002 2003 2004
2005 2006 2007 2008 2009 2010 2011 2012 2013 2014 2015 2016 2017 2018 2019 2020 2021 2022 2023 2024 2025 2026 2027 2028
`
  .trim()
  .split(/\s+/);
