import { streamOf, type Recorded } from '#libs/kernel';
import { client, type ClientEvent } from './client.js';

/**
 * Every record of the person that one record is of, the one that is kept first; of an unknown one only itself.
 * @param read all events of some streams
 */
export async function recordsOf(
  read: (streams: string[]) => Promise<readonly Recorded[]>,
  clientId: string,
): Promise<string[]> {
  const mergingOf = async (id: string) => {
    const events = (await read([streamOf(client.category, id)])) as readonly Recorded<ClientEvent>[];
    const state = events.reduce(client.evolve, client.initial);
    return state.situation === 'none' ? undefined : state.merging;
  };
  const own = await mergingOf(clientId);
  const kept = own?.mergedInto ?? clientId;
  const { mergedHere = [] } = (kept === clientId ? own : await mergingOf(kept)) ?? {};
  return [kept, ...mergedHere];
}
