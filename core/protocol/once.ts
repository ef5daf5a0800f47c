/**
 * What is made when it is first asked for, and then kept. Schemas are: making those of the whole API takes longer than all
 * else that the Worker does to start, and a request needs those of one route (docs/decisions/0028).
 */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
