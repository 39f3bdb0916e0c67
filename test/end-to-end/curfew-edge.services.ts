import { curfewEdge } from './curfew-edge.js';
import { openFreshPair } from './services.js';

curfewEdge('Kafka and PostGIS', openFreshPair);
