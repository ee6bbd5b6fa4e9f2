import { numberSource, sayAmount } from './numbers.ts';
import type { ReadingRule } from './spoken-text.ts';

type Names = readonly [singular: string, plural: string];
const plain = (singular: string): Names => [singular, `${singular}s`];
const same = (name: string): Names => [name, name];

/** Units by how they are written, as they are read after a number. */
export const units: Readonly<Record<string, Names>> = {
  km: plain('kilometer'),
  m: plain('meter'),
  cm: plain('centimeter'),
  mm: plain('millimeter'),
  µm: plain('micrometer'),
  nm: plain('nanometer'),
  'km/h': ['kilometer per hour', 'kilometers per hour'],
  kph: ['kilometer per hour', 'kilometers per hour'],
  mph: ['mile per hour', 'miles per hour'],
  'm/s': ['meter per second', 'meters per second'],
  'km²': ['square kilometer', 'square kilometers'],
  'm²': ['square meter', 'square meters'],
  'm³': ['cubic meter', 'cubic meters'],
  'sq ft': ['square foot', 'square feet'],
  ft: ['foot', 'feet'],
  yd: plain('yard'),
  mi: plain('mile'),
  kg: plain('kilogram'),
  g: plain('gram'),
  mg: plain('milligram'),
  lb: plain('pound'),
  lbs: plain('pound'),
  oz: plain('ounce'),
  l: plain('liter'),
  L: plain('liter'),
  ml: plain('milliliter'),
  mL: plain('milliliter'),
  '°C': ['degree Celsius', 'degrees Celsius'],
  '°F': ['degree Fahrenheit', 'degrees Fahrenheit'],
  '°': plain('degree'),
  kB: plain('kilobyte'),
  KB: plain('kilobyte'),
  MB: plain('megabyte'),
  GB: plain('gigabyte'),
  TB: plain('terabyte'),
  Mbps: ['megabit per second', 'megabits per second'],
  Gbps: ['gigabit per second', 'gigabits per second'],
  Hz: same('hertz'),
  kHz: same('kilohertz'),
  MHz: same('megahertz'),
  GHz: same('gigahertz'),
  W: plain('watt'),
  kW: plain('kilowatt'),
  MW: plain('megawatt'),
  kWh: plain('kilowatt hour'),
  V: plain('volt'),
  dB: plain('decibel'),
  px: plain('pixel'),
  fps: ['frame per second', 'frames per second'],
  ms: plain('millisecond'),
  s: plain('second'),
  sec: plain('second'),
  min: plain('minute'),
  h: plain('hour'),
  hr: plain('hour'),
  hrs: plain('hour'),
};

const unitSource = Object.keys(units)
  .toSorted((one, other) => other.length - one.length)
  .join('|');

/** Numbers and ranges with a unit behind them. */
export const unitRules: readonly ReadingRule[] = [
  {
    pattern: new RegExp(
      String.raw`(?<![\p{L}\p{N}.,/])([-−]?)(${numberSource})(?: ?[-–—] ?(${numberSource}))?[  -]?(${unitSource})(?![\p{L}\p{N}/°²³])`,
      'gu',
    ),
    read: ([, minus, from = '', to, unit = ''], locale) => {
      const said = sayAmount(from, to, units[unit]!, locale);
      return minus === '' ? said : `minus ${said}`;
    },
  },
];
