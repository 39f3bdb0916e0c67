import { needDataDir } from '../support/data-dir.js';
import { shuffledPosts } from './shuffled-posts.js';
import { busTrack } from './tracks.js';

shuffledPosts('eight buses, embedded', () => busTrack(needDataDir()));
