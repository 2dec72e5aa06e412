/** The records of the sample service: birds of Berlin, as the article's live demo had them. */
export interface Bird {
  id: string;
  status: 'ACTIVE' | 'INACTIVE';
  age: number;
  coord: Coordinate;
}

/** Degrees, WGS 84. */
export interface Coordinate {
  latitude: number;
  longitude: number;
}

const birds: readonly Bird[] = [
  { id: 'birds-8', status: 'INACTIVE', age: 22, coord: { latitude: 52.5195, longitude: 13.3419 } },
  { id: 'birds-1', status: 'ACTIVE', age: 31, coord: { latitude: 52.4791, longitude: 13.4301 } },
  { id: 'birds-3', status: 'INACTIVE', age: 43, coord: { latitude: 52.5088, longitude: 13.3419 } },
  { id: 'birds-7', status: 'INACTIVE', age: 27, coord: { latitude: 52.5118, longitude: 13.3483 } },
  { id: 'birds-2', status: 'ACTIVE', age: 12, coord: { latitude: 52.5422, longitude: 13.3911 } },
  { id: 'birds-0', status: 'INACTIVE', age: 25, coord: { latitude: 52.5155, longitude: 13.3504 } },
  { id: 'birds-5', status: 'ACTIVE', age: 38, coord: { latitude: 52.4567, longitude: 13.2903 } },
];

const EARTH_RADIUS_KM = 6371;
const QUERY = /^coord within ([\d.]+) km of \((-?[\d.]+), ?(-?[\d.]+)\)$/;

/**
 * Answers `coord within 1.5 km of (52.514,13.350)`.
 * @returns null when the query is not of that form.
 */
export function findBirds(query: string): Bird[] | null {
  const match = QUERY.exec(query);
  if (match === null) return null;
  const [radiusKm, latitude, longitude] = match.slice(1).map(Number) as [number, number, number];
  return birds.filter((bird) => distanceKm(bird.coord, { latitude, longitude }) <= radiusKm);
}

/** Great-circle distance by the haversine formula. */
function distanceKm(a: Coordinate, b: Coordinate): number {
  const radians = Math.PI / 180;
  const dLatitude = (b.latitude - a.latitude) * radians;
  const dLongitude = (b.longitude - a.longitude) * radians;
  const h =
    Math.sin(dLatitude / 2) ** 2 +
    Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * Math.sin(dLongitude / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(h));
}
