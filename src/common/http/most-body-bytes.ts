/** The largest body of a REST request; it is read before anybody is authenticated, and no route needs more than some kB. */
export const MOST_BODY_BYTES = 64 * 1024;
