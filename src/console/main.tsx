/** Where the page begins. */
import '@fontsource/public-sans/latin-400.css';
import '@fontsource/public-sans/latin-700.css';
import './styles/console.scss';
import { render } from 'preact';
import { App } from './app.js';
import { announceAlerts } from './components/announcements.js';
import { listenForKeys } from './keys.js';
import { fetchLatePages } from './late.js';
import { watchDealtWith } from './live/dealt-with.js';
import { watchHealth } from './live/health.js';
import { startLive } from './live/live.js';
import { watchPriority } from './live/priority.js';
import { soundAlerts } from './live/sounds.js';
import { applyPreferences } from './preferences.js';
import { followLinks } from './route.js';

applyPreferences();
followLinks();
listenForKeys();
announceAlerts();
soundAlerts();
render(<App />, document.getElementById('app')!);
watchHealth();
watchDealtWith();
watchPriority();
void startLive();
fetchLatePages();
