import { needDataDir } from '../support/data-dir.js';
import { openFreshPair } from './services.js';
import { busTrack } from './tracks.js';
import { wholePath } from './whole-path.js';

wholePath({
  name: 'eight buses, Kafka and PostGIS',
  openServices: openFreshPair,
  openTrack: () => busTrack(needDataDir()),
  kills: 10,
});
