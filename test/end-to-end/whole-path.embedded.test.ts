import { visitTrack } from './tracks.js';
import { wholePath } from './whole-path.js';

wholePath({
  name: 'embedded',
  openServices: async () => ({ env: {}, close: async () => {} }),
  openTrack: visitTrack,
  kills: 2,
});
