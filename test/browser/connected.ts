/**
 * A board that is connected to the feed. Not only `live`: where no tag was heard for two minutes, which on a busy machine pass between
 * two tests, the bar says instead how far behind the positions are.
 */
export const CONNECTED = '#connection:is([data-state=live], [data-state=stale])';
