/** The shape of each severity in a box of 16 by 16, for pages and the map alike: an octagon, a triangle, a square, a ring. */
import type { AlertItem } from '../../alerts/alert.js';

export const SEVERITY_SHAPES: Readonly<Record<AlertItem['severity'], string>> = {
  critical: 'M5 1h6l4 4v6l-4 4H5l-4-4V5z',
  high: 'M8 1l7.5 14H.5z',
  medium: 'M2 2h12v12H2z',
  low: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2zm0 3a3 3 0 1 1 0 6a3 3 0 1 1 0-6z',
};
