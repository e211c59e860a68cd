import type { DaysAgo } from './calendar.js';

/** Somebody the demonstration made up. Nobody of this name is meant. */
export interface Person {
  readonly key: string;
  readonly legalName: string;
  readonly usedName?: string;
  /** a date, or the day of the load on which this person comes of age */
  readonly born: string | { readonly comesOfAge: DaysAgo };
  readonly languages: readonly string[];
  readonly contact: string;
  /** where they are, if they said */
  readonly jurisdiction?: string;
}

type More = Pick<Person, 'usedName' | 'jurisdiction'>;
const person = (
  key: string,
  legalName: string,
  born: Person['born'],
  languages: readonly string[],
  more: More = {},
): Person => ({
  key,
  legalName,
  born,
  languages,
  contact: `${key}@example.org`,
  ...more,
});

const ALL = [
  person('amara', 'Amara Feldhoven', '1989-04-12', ['en', 'de'], { usedName: 'Amy' }),
  person('benno', 'Benno Castellar-Yildiz', '1978-11-02', ['de', 'tr']),
  person('ciara', 'Ciara Oduya-Lenz', '1996-07-19', ['en']),
  person('dmitri', 'Dmitri Halloway', '1984-01-30', ['en', 'ru'], { usedName: 'Mitja' }),
  person('edda', 'Edda Marisol-Brand', '1971-09-08', ['de', 'es']),
  person('farid', 'Farid Nordquist', '1993-03-25', ['en', 'fa']),
  person('greta', 'Greta Achterberg-Sow', '1965-12-14', ['de']),
  person('hana', 'Hana Velimirova', '2000-05-03', ['en', 'bg']),
  person('imre', 'Imre Dossantos', '1987-08-21', ['en', 'pt']),
  person('jamila', 'Jamila Rosenthaler', '1990-10-10', ['de', 'ar']),
  person('kofi', 'Kofi Steinbrecher', '1982-02-17', ['en', 'de']),
  person('linnea', 'Linnea Abernathy-Cruz', '1998-06-06', ['en'], { usedName: 'Linn' }),
  person('mateus', 'Mateus Grünwaldt', '1975-04-29', ['de', 'pt']),
  person('nadja', 'Nadja Okpara', '1994-12-01', ['en', 'de']),
  person('oskar', 'Oskar Tamboli', '1968-03-13', ['en']),
  person('priya', 'Priya Sonnleitner', '1991-07-27', ['en', 'hi']),
  person('quentin', 'Quentin Mbeki-Larsson', '1986-09-16', ['en', 'fr']),
  person('rosa', 'Rosa Haddadin', '1979-05-22', ['de', 'ar']),
  person('sami', 'Sami Kowalewicz', '1999-11-11', ['en', 'pl'], { usedName: 'Sam' }),
  person('talia', 'Talia Brunnhofer', '1983-08-08', ['de']),
  person('ulf', 'Ulf Espinosa-Wirth', '1959-02-28', ['de', 'es']),
  person('vera', 'Vera Lindanger', '1992-10-31', ['en', 'no']),
  person('wanja', 'Wanja Temirkan', '1988-06-24', ['en', 'kk']),
  person('xenia', 'Xenia Pappadis-Roth', '1977-01-07', ['de', 'el']),
  person('yusuf', 'Yusuf Brandvold', '1995-04-04', ['en', 'so']),
  person('zoe', 'Zoe Marchetti-Ahn', '2001-09-29', ['en', 'ko']),
  person('aldo', 'Aldo Rehberger', '1970-07-15', ['de', 'it']),
  person('bimala', 'Bimala Thorwald', '1985-03-19', ['en', 'ne']),
  person('cornel', 'Cornel Ashgrove', '1981-12-23', ['en', 'ro']),
  person('delia', 'Delia Okonkwo-Fuchs', '1997-02-11', ['en', 'ig']),
  person('emil', 'Emil Sarrazani', '1990-08-30', ['de']),
  person('fumiko', 'Fumiko Dahlmann', '1974-05-18', ['en', 'ja']),
  person('gideon', 'Gideon Morgenroth-Pak', '1969-10-26', ['en']),
  person('hedda', 'Hedda Almquist-Reyes', '1993-01-14', ['en', 'sv']),
  person('ilias', 'Ilias Vonderheide', '1986-11-05', ['de', 'el']),
  person('juno', 'Juno Bartholdy', '1998-03-03', ['en']),
  person('kaya', 'Kaya Silberhorn', '1980-06-12', ['de', 'tr']),
  person('laszlo', 'Laszlo Whitmere', '1972-09-01', ['en', 'hu']),
  person('marit', 'Marit Okafor-Stahl', '1989-12-09', ['en']),
  person('nuri', 'Nuri Eichenlaub', { comesOfAge: -25 }, ['de', 'ku']),
  person('odile', 'Odile Farnhagen', { comesOfAge: 15 }, ['en', 'fr']),
  person('pelle', 'Pelle Zimanyi', '1984-07-07', ['en', 'sv']),
  person('ronja', 'Ronja Acheampong-Till', '1991-02-20', ['de']),
  person('stelian', 'Stelian Hofgarten', '1976-04-16', ['en', 'ro']),
  person('tove', 'Tove Mirzakhel', '1995-10-18', ['en', 'fa']),
  person('ursel', 'Ursel Quistgaard', '1963-08-03', ['de']),
  person('viggo', 'Viggo Anselm-Baptiste', '1988-01-25', ['en', 'fr']),
  person('wilma', 'Wilma Terzic-Halm', '1992-05-09', ['de']),
  person('yara', 'Yara Lindqvist-Osei', '1999-12-28', ['en']),
  person('zeno', 'Zeno Kirchhoff-Rao', '1982-11-17', ['en', 'te']),
  person('ada', 'Ada Fennimore-Kuhl', '2000-02-02', ['en']),
  person('bruno', 'Bruno Talhammer', '1973-06-30', ['de']),
  person('carla', 'Carla Wendelstein-Adu', '1987-03-08', ['de', 'en']),
  person('henk', 'Henk Adu-Wendelstein', '1985-10-21', ['en', 'nl'], { jurisdiction: 'DE' }),
  person('mona', 'Mona Fairchild-Baluch', '1979-09-12', ['en']),
  person('piet', 'Piet Baluch-Fairchild', '1977-02-06', ['en', 'nl']),
  person('runa', 'Runa Sandoval-Eik', '1979-04-02', ['de', 'es']),
  person('jorin', 'Jorin Eik-Sandoval', '1976-12-19', ['de', 'no']),
  person('elio', 'Elio Eik', { comesOfAge: -20 }, ['de', 'es']),
  person('signe', 'Signe Barthelmess', '1990-02-24', ['en', 'da']),
  person('marlon', 'Marlon Ettinger-Diaz', '1983-07-11', ['en']),
  person('tilda', 'Tilda Rosenquist', '1987-05-05', ['de', 'sv']),
  person('okan', 'Okan Weidenbach', '1994-09-13', ['en', 'tr']),
  person('kasimir', 'Kasimir Delacroix-Haug', '1991-03-06', ['en', 'fr']),
  person('arvid', 'Arvid Mensching', '1952-10-30', ['de']),
  person('lotte', 'Lotte Iwersen-Cho', '1996-08-17', ['en', 'ko']),
  person('bela', 'Bela Fontanari', '1988-01-21', ['en', 'it']),
  person('ruth', 'Ruth Calloway-Begay', '1990-04-18', ['en']),
  person('silas', 'Silas Vandermolen', '1968-08-27', ['en']),
  person('thuy', 'Thuy Harrowgate', '1996-01-09', ['en', 'vi']),
  person('walt', 'Walt Jimenez-Orr', '1983-05-31', ['en', 'es']),
] as const;

export const PEOPLE: readonly Person[] = ALL;

const byKey = new Map(PEOPLE.map((one) => [one.key, one]));

export const personOf = (key: string): Person => {
  const found = byKey.get(key);
  if (!found) throw new Error(`Nobody is called "${key}" in people.ts.`);
  return found;
};
