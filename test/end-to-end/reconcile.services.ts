import { reconcileEndToEnd } from './reconcile.js';
import { openFreshPair } from './services.js';

reconcileEndToEnd('Kafka and PostGIS', openFreshPair);
