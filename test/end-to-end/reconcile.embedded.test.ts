import { reconcileEndToEnd } from './reconcile.js';

reconcileEndToEnd('embedded', async () => ({ env: {}, close: async () => {} }));
