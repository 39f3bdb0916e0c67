import { needDataDir } from '../support/data-dir.js';
import { busTrack } from './tracks.js';
import { wholePath } from './whole-path.js';

wholePath({
  name: 'eight buses, embedded',
  openServices: async () => ({ env: {}, close: async () => {} }),
  openTrack: () => busTrack(needDataDir()),
  kills: 5,
});
