/** Grid references against Ordnance Survey's own test points of OSTN15 (Contains OS data © Crown copyright and database rights 2016). */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromGrid, OSGB36_ERROR_METRES, toGridReference } from '../../src/formats/osgb36.js';

/** All forty: ETRS89 degrees, the easting and northing that OSTN15 gives, and the square, read off a map. */
const POINTS = [
  ['TP01 St Mary’s', 49.92226394, -6.29977752, 91492.146, 11318.804, 'SV'],
  ['TP02 the Lizard', 49.96006138, -5.2030461, 170370.718, 11572.405, 'SW'],
  ['TP03 Plymouth', 50.43885826, -4.10864564, 250359.811, 62016.569, 'SX'],
  ['TP04', 50.57563665, -1.29782277, 449816.371, 75335.861, 'SZ'],
  ['TP05', 50.93127938, -1.45051434, 438710.92, 114792.25, 'SU'],
  ['TP06', 51.4007822, -3.55128349, 292184.87, 168003.465, 'SS'],
  ['TP07 North Foreland', 51.37447026, 1.4445473, 639821.835, 169565.858, 'TR'],
  ['TP08', 51.42754743, -2.54407618, 362269.991, 169978.69, 'ST'],
  ['TP09 Lambeth', 51.48936565, -0.11992557, 530624.974, 178388.464, 'TQ'],
  ['TP10 Carmarthen', 51.85890896, -4.30852477, 241124.584, 220332.641, 'SN'],
  ['TP11 Colchester', 51.89436637, 0.89724327, 599445.59, 225722.826, 'TL'],
  ['TP12 Droitwich', 52.25529382, -2.15458614, 389544.19, 261912.153, 'SO'],
  ['TP13 Northampton', 52.25160951, -0.91248957, 474335.969, 262047.755, 'SP'],
  ['TP14 King’s Lynn', 52.75136687, 0.40153547, 562180.547, 319784.995, 'TF'],
  ['TP15 Nottingham', 52.96219109, -1.19747656, 454002.834, 340834.943, 'SK'],
  ['TP16', 53.3448028, -2.64049321, 357455.843, 383290.436, 'SJ'],
  ['TP17', 53.41628516, -4.2891807, 247958.971, 393492.909, 'SH'],
  ['TP18', 53.41630925, -4.28917793, 247959.241, 393495.583, 'SH'],
  ['TP19 Blackpool', 53.77911026, -3.04045491, 331534.564, 431920.794, 'SD'],
  ['TP20 Leeds', 53.8002152, -1.66379168, 422242.186, 433818.701, 'SE'],
  ['TP21 Isle of Man', 54.08666318, -4.63452168, 227778.33, 468847.388, 'SC'],
  ['TP22 Flamborough', 54.11685144, -0.07773133, 525745.67, 470703.214, 'TA'],
  ['TP23 Isle of Man', 54.32919541, -4.38849118, 244780.636, 495254.887, 'SC'],
  ['TP24 Carlisle', 54.8954234, -2.93827741, 339921.145, 556034.761, 'NY'],
  ['TP25 Newcastle', 54.97912274, -1.61657685, 424639.355, 565012.703, 'NZ'],
  ['TP26 Glasgow', 55.85399953, -4.29649016, 256340.925, 664697.269, 'NS'],
  ['TP27 Edinburgh', 55.92478266, -3.29479219, 319188.434, 670947.534, 'NT'],
  ['TP28 Mallaig', 57.00606696, -5.82836692, 167634.202, 797067.144, 'NM'],
  ['TP29 Aberdeen', 57.13902519, -2.04856031, 397160.491, 805349.736, 'NJ'],
  ['TP30 Inverness', 57.48625001, -4.21926399, 267056.768, 846176.972, 'NH'],
  ['TP31 St Kilda', 57.81351838, -8.57854456, 9587.909, 899448.996, 'NF'],
  ['TP32 Flannan Isles', 58.21262247, -7.59255561, 71713.132, 938516.404, 'NA'],
  ['TP33 Butt of Lewis', 58.51560361, -6.26091456, 151968.652, 966483.78, 'NB'],
  ['TP34 Dounreay', 58.58120461, -3.72631022, 299721.891, 967202.992, 'NC'],
  ['TP35 Orkney', 59.03743871, -3.21454001, 330398.323, 1017347.016, 'HY'],
  ['TP36 Sule Skerry', 59.09335035, -4.41757675, 261596.778, 1025447.602, 'HX'],
  ['TP37 North Rona', 59.09671617, -5.8279934, 180862.461, 1029604.114, 'HW'],
  ['TP38 Fair Isle', 59.53470794, -1.62516966, 421300.525, 1072147.239, 'HZ'],
  ['TP39 Sumburgh', 59.85409914, -1.2748691, 440725.073, 1107878.448, 'HU'],
  ['TP40 Foula', 60.13308092, -2.07382823, 395999.668, 1138728.951, 'HT'],
] as const;

test.each(POINTS)(
  '%s: its square, and five metres at most beside OSTN15',
  (_, latitude, longitude, easting, northing, square) => {
    const reference = toGridReference(latitude, longitude);
    expect(reference).toMatch(new RegExp(`^${square} \\d{5} \\d{5}$`));
    const [, east, north] = reference!.split(' ').map(Number) as [number, number, number];
    const across = [(easting % 100_000) - (east + 0.5), (northing % 100_000) - (north + 0.5)] as const;
    expect(Math.hypot(...across)).toBeLessThan(OSGB36_ERROR_METRES + Math.SQRT1_2);
  },
);

test.each([
  ['Belfast', 54.597, -5.93],
  ['Donaghadee, on the coast towards Scotland', 54.642, -5.536],
  ['Rathlin Island', 55.295, -6.2],
  ['Derry', 54.997, -7.309],
  ['Dublin', 53.35, -6.26],
  ['Calais', 50.957, 1.851],
  ['Cap Gris-Nez', 50.871, 1.583],
  ['Boulogne', 50.726, 1.614],
  ['Jersey', 49.186, -2.106],
  ['Cherbourg', 49.64, -1.616],
  ['Bergen', 60.39, 5.32],
  ['0° 0°', 0, 0],
  ['the other side of the world', -52, 178],
  ['no position', Number.NaN, Number.NaN],
])('%s is not in Great Britain: none', (_, latitude, longitude) => {
  expect(toGridReference(latitude, longitude)).toBeNull();
});

test.each([
  ['Portpatrick', 54.842, -5.117, 'NW'],
  ['the Mull of Kintyre', 55.311, -5.803, 'NR'],
  ['the Mull of Oa, Islay', 55.591, -6.28, 'NR'],
  ['Dover', 51.127, 1.313, 'TR'],
  ['Lowestoft Ness', 52.481, 1.763, 'TM'],
  ['Muckle Flugga', 60.855, -0.885, 'HP'],
])('%s is, next to what is not', (_, latitude, longitude, square) => {
  expect(toGridReference(latitude, longitude)?.slice(0, 2)).toBe(square);
});

test('every reference leads back to within its square metre', () => {
  const inland = fc.tuple(
    fc.double({ min: 51.3, max: 54.5, noNaN: true }),
    fc.double({ min: -2.5, max: -0.5, noNaN: true }),
  );
  fc.assert(
    fc.property(inland, ([latitude, longitude]) => {
      const [square, east, north] = toGridReference(latitude, longitude)!.split(' ') as [string, string, string];
      const corner = POINTS.find(([, , , , , of]) => of === square);
      if (corner === undefined) return;
      const [easting, northing] = [corner[3], corner[4]].map((metres) => Math.floor(metres / 100_000) * 100_000) as [
        number,
        number,
      ];
      const back = fromGrid(easting + Number(east) + 0.5, northing + Number(north) + 0.5);
      expect(Math.abs(back.latitude - latitude) * 111_320).toBeLessThan(0.6);
      expect(Math.abs(back.longitude - longitude) * 70_000).toBeLessThan(0.6);
    }),
  );
});
