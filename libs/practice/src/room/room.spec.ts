import { describe, it } from 'vitest';
import { forDecider } from '../../../../test/support/decider-kit.js';
import { room } from './room.js';

const registered = { type: 'RoomRegistered', data: { name: 'Garden room' } } as const;
const closed = { type: 'RoomClosed', data: {} } as const;
const register = { type: 'RegisterRoom', name: 'Garden room', taken: false } as const;
const { given } = forDecider(room);

describe('a room', () => {
  it('is registered once', () => {
    given().when(register).then(registered);
    given(registered)
      .when({ ...register, name: 'Attic' })
      .thenRefused('already_registered');
  });

  it('Refused: two open rooms of one name', () => {
    given()
      .when({ ...register, taken: true })
      .thenRefused('name_taken');
    given(registered).when({ type: 'RenameRoom', name: 'Attic', taken: true }).thenRefused('name_taken');
  });

  it('is renamed', () =>
    given(registered)
      .when({ type: 'RenameRoom', name: 'Attic', taken: false })
      .then({ type: 'RoomRenamed', data: { name: 'Attic' } }));

  it('is closed and takes no command after that', () => {
    given(registered).when({ type: 'CloseRoom' }).then(closed);
    given(registered, closed)
      .when({ type: 'RenameRoom', name: 'Attic', taken: false })
      .thenRefused('room_closed');
  });

  it('that does not exist takes no commands', () => given().when({ type: 'CloseRoom' }).thenRefused());
});
