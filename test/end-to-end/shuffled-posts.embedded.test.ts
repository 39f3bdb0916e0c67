import { shuffledPosts } from './shuffled-posts.js';
import { visitTrack } from './tracks.js';

shuffledPosts('made-up visits, embedded', visitTrack);
