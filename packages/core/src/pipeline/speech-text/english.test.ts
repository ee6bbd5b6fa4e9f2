import { costGrowth } from '@tth/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizedLanguages, toSpoken } from './english.ts';

const read = (text: string, locale = 'en-US'): string =>
  toSpoken(text, locale).text.replaceAll(/\s+/g, ' ').trim();

describe('English as it is read', () => {
  it.each<[concern: string, written: string, spoken: string]>([
    [
      'whole numbers',
      'We saw 0, 7, 13, 42 and 100 birds.',
      'We saw zero, seven, thirteen, forty-two and one hundred birds.',
    ],
    [
      'large numbers',
      'It has 1,234,567 parts.',
      'It has one million two hundred thirty-four thousand five hundred sixty-seven parts.',
    ],
    ['decimals', 'Pi is 3.14.', 'Pi is three point one four.'],
    ['negative numbers', 'It was -5 outside.', 'It was minus five outside.'],
    ['ordinals', 'The 1st, 22nd and 103rd.', 'The first, twenty-second and one hundred third.'],
    [
      'fractions',
      'Add 1/2 and 3/4 and 2 1/2 and 1½.',
      'Add one half and three quarters and two and a half and one and a half.',
    ],
    ['ranges', 'Pages 5-10 and 1990–1995.', 'Pages five to ten and nineteen ninety to nineteen ninety-five.'],
    ['years', 'Born in 1905, gone by 2025.', 'Born in nineteen oh five, gone by twenty twenty-five.'],
    ['a number that is no year', 'There were 1500 people.', 'There were one thousand five hundred people.'],
    ['decades', 'The 1990s and the 80s.', 'The nineteen nineties and the eighties.'],
    [
      'telephone numbers',
      'Call 555-0123 or (555) 123-4567.',
      'Call five five five, zero one two three or five five five, one two three, four five six seven.',
    ],
    ['digits that are no number', 'Agent 007.', 'Agent zero zero seven.'],
    ['digits inside words', 'B2B and mp4', 'B two B and mp four'],
    [
      'percentages',
      '50% to 3.5%, or 10-20%.',
      'fifty percent to three point five percent, or ten to twenty percent.',
    ],
    ['dollars', 'It costs $5.50 today.', 'It costs five dollars and fifty cents today.'],
    ['one dollar', 'Only $1, not $0.99.', 'Only one dollar, not ninety-nine cents.'],
    [
      'large sums',
      'About $1.5 million or €2bn.',
      'About one point five million dollars or two billion euros.',
    ],
    [
      'currencies behind',
      '20 € and 5 USD, £3.05.',
      'twenty euros and five US dollars, three pounds and five pence.',
    ],
    ['sums in a range', '$5-10 each', 'five to ten dollars each'],
    ['thousands', 'We have 10k users.', 'We have ten thousand users.'],
    ['ISO dates', 'On 2025-03-14.', 'On March fourteenth, twenty twenty-five.'],
    [
      'dates with a name',
      'On Mar. 3 and 14 March 2025.',
      'On March third and the fourteenth of March, twenty twenty-five.',
    ],
    ['months of a year', 'In May 1999.', 'In May nineteen ninety-nine.'],
    ['dates in numbers', 'On 03/04/2025.', 'On March fourth, twenty twenty-five.'],
    ['dates with dots', 'On 14.03.2025.', 'On March fourteenth, twenty twenty-five.'],
    ['times', 'At 5:30 pm, 17:05 or 9:00.', "At five thirty P M, seventeen oh five or nine o'clock."],
    ['hours', 'At 5 p.m. we go, or at 10am.', 'At five P M we go, or at ten A M.'],
    [
      'units',
      '5 km, 1 kg, 20 °C, 3.5 GB and 90 km/h.',
      'five kilometers, one kilogram, twenty degrees Celsius, three point five gigabytes and ninety kilometers per hour.',
    ],
    ['units of a range', '5–10 km', 'five to ten kilometers'],
    ['page addresses', 'See https://www.example.com/a-b/?q=1#x.', 'See example dot com slash a dash b.'],
    ['mail addresses', 'Write to jo.hill@example.org!', 'Write to jo dot hill at example dot org!'],
    ['file names', 'Open main.ts and notes_2.txt.', 'Open main dot ts and notes underscore two dot txt.'],
    ['versions', 'Version 2.0.1 and v3.2.', 'Version two point zero point one and version three point two.'],
    ['titles', 'Dr. Hill, Mrs. Lee and Prof. Roy.', 'Doctor Hill, Missus Lee and Professor Roy.'],
    ['saints and streets', 'St. Ann lives on Elm St. now.', 'Saint Ann lives on Elm Street now.'],
    ['a street at the end', 'It is on Elm St.', 'It is on Elm Street.'],
    ['Latin', 'Fruit, e.g. pears, i.e. food, etc.', 'Fruit, for example pears, that is food, et cetera.'],
    [
      'short forms before numbers',
      'See No. 5, pp. 3-5 and fig. 2.',
      'See Number five, pages three to five and figure two.',
    ],
    [
      'Roman numerals',
      'Chapter IV of Henry VIII, World War II.',
      'Chapter four of Henry the eighth, World War two.',
    ],
    [
      'letters that are no numerals',
      'I am mixed: DVD, MIX, and so am I.',
      'I am mixed: DVD, MIX, and so am I.',
    ],
    ['symbols', 'R&D is #1 @ 5 + 3 = 8.', 'R and D is number one at five plus three equals eight.'],
    ['operators', 'a + b < c', 'a plus b is less than c'],
    ['a range with two signs', '$20-$30', 'twenty to thirty dollars'],
    [
      'years that belong together',
      'Between 1914 and 1918',
      'Between nineteen fourteen and nineteen eighteen',
    ],
    [
      'ratios and idioms',
      '16:9, 24/7, 50/50 and 5\'11"',
      'sixteen to nine, twenty-four seven, fifty fifty and five feet eleven',
    ],
    ['what is dialled', 'Call 911.', 'Call nine one one.'],
    ['tags and handles', '#news by @jo', 'hashtag news by at jo'],
    ['nothing to read', 'Hello there, how are you?', 'Hello there, how are you?'],
  ])('%s: %s', (_, written, spoken) => {
    expect(read(written)).toBe(spoken);
  });

  it.each([
    ['03/04/2025', 'en-GB', 'the third of April, twenty twenty-five'],
    ['03/14/2025', 'en-GB', 'the fourteenth of March, twenty twenty-five'],
    ['2025-03-14', 'en-AU', 'the fourteenth of March, twenty twenty-five'],
    ['105 and 2,001', 'en-GB', 'one hundred and five and two thousand and one'],
    ['March 14', 'en', 'March fourteenth'],
  ])('follows the locale: %s in %s', (written, locale, spoken) => {
    expect(read(written, locale)).toBe(spoken);
  });

  it('leaves other languages as they are', () => {
    expect(normalizedLanguages).toEqual(['en']);
    expect(read('Das kostet 5 € um 17:05.', 'de-DE')).toBe('Das kostet 5 € um 17:05.');
  });

  const piece = fc.constantFrom(
    ...'1|2,|000|3.5|-|–|/|:|$|€|%| |. | km|st|th|s|Jan |May |St. |Dr. |A|b|@|x.com|http://|v|½|²|I|V |(|)|+|No. |k|°C|p.m.|\n'.split(
      '|',
    ),
  );
  const text = fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(''));

  it('leaves no digit to be read and loses nothing of what was written', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('en-US', 'en-GB'), (written, locale) => {
        const { text: spoken, parts } = toSpoken(written, locale);

        expect(spoken).not.toMatch(/\d/);
        expect(parts.map((part) => part.written).join('')).toBe(written);
        expect(parts.map((part) => part.spoken).join('')).toBe(spoken);
      }),
      { numRuns: 1_000 },
    );
  });

  it('reads what it has read once as it is', () => {
    fc.assert(
      fc.property(text, (written) => {
        const { text: spoken } = toSpoken(written, 'en-US');
        const again = toSpoken(spoken, 'en-US').text;

        expect(again).not.toMatch(/\d/);
      }),
    );
  });

  it('takes no more time than with the square of its input, which is a sentence', () => {
    for (const hostile of [
      '1',
      '1,',
      '1-',
      'a.',
      '$',
      '(1) ',
      'http://',
      '1.1.',
      '@a',
      'I',
      '1 km ',
      'x.com/',
    ]) {
      const [small, large] = [125, 2_000].map((length) => hostile.repeat(length / hostile.length));

      expect(toSpoken(large!, 'en').text.length).toBeGreaterThan(0);
      // A square would cost 256 times as much.
      console.log(
        hostile,
        costGrowth((text) => toSpoken(text, 'en'), small!, large!),
      );
    }
  });
});
