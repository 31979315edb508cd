import { findAccount } from './server-account.js';

const PASSWD = `root:x:0:0:root:/root:/bin/bash
toor:x:0:0::/root:/bin/sh
postgres:x:101:104::/var/lib/postgresql:/bin/bash
nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin
`;

describe('findAccount', () => {
  it('takes the first of the names that exists', () => {
    expect(findAccount(PASSWD, ['absent', 'postgres', 'nobody'])).toEqual({ name: 'postgres', uid: 101, gid: 104 });
  });

  it('never takes root by another name', () => {
    expect(findAccount(PASSWD, ['toor', 'nobody'])).toEqual({ name: 'nobody', uid: 65534, gid: 65533 });
  });

  it('finds nothing where none exists', () => {
    expect(findAccount(PASSWD, ['absent'])).toBeUndefined();
  });
});
