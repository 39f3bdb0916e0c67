/** It takes minutes of waiting, so it runs beside the services' suite although it needs Node alone. */
import { curfewEdge } from './curfew-edge.js';

curfewEdge('embedded', async () => ({ env: {}, close: async () => {} }));
