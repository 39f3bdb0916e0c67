import { openFreshPair } from './services.js';
import { visitTrack } from './tracks.js';
import { wholePath } from './whole-path.js';

wholePath({ name: 'Kafka and PostGIS', openServices: openFreshPair, openTrack: visitTrack, kills: 3 });
