/** Where the feed is and what it speaks. A file of its own: the console needs these two and none of the schemas. */

export const FEED_PATH = '/api/v1/feed';
export const FEED_PROTOCOL = 'tagwatch.v1';
