/**
 * Why a call's signal aborts when nobody wants its result any more. One object for all calls: making an
 * exception with its stack for every call that ends would cost more than ending it.
 */
export const stopped: DOMException = new DOMException('The call is not wanted any more.', 'AbortError');
