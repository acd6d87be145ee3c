// Calls of @nftstorage/ipfs-cluster against a running peer: node nftstorage.mjs <url>; prints "ok" when all answers are right.
import assert from 'node:assert'
import { Cluster } from '@nftstorage/ipfs-cluster'

const cluster = new Cluster(process.argv[2])
const settle = async (call, right) => {
  for (let i = 0; ; i++) {
    const value = await call()
    if (right(value) || i === 100) return value
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

assert.match(await cluster.version(), /^1\.1\.6/)
const info = await cluster.info()
assert.ok(info.id && info.ipfs.id)

const added = await cluster.add(new File(['hello from node\n'], 'hello.txt'), { name: 'from node', metadata: { by: 'node' } })
assert.match(added.cid, /^bafk/)
const folder = await cluster.addDirectory([new File(['one'], 'dir/one.txt'), new File(['two'], 'dir/two.txt')])
assert.equal(folder.length, 4)

const empty = 'bafkqaaa'
const pin = await cluster.pin(empty, { name: 'empty', replicationFactorMin: -1, replicationFactorMax: -1, metadata: { a: 'b' } })
assert.equal(pin.cid, empty)
const byPath = await cluster.pin('/ipfs/' + folder[folder.length - 1].cid + '/dir/one.txt')
assert.ok(byPath.cid)

const status = await settle(() => cluster.status(added.cid), s => Object.values(s.peerMap)[0].status === 'pinned')
assert.equal(Object.values(status.peerMap)[0].status, 'pinned')
assert.equal((await cluster.status(empty, { local: true })).cid, empty)
assert.ok((await cluster.statusAll()).length >= 4)
assert.equal((await cluster.statusAll({ cids: [empty] })).length, 1)
const allocation = await cluster.allocation(added.cid)
assert.equal(allocation.name, 'from node')
assert.equal(allocation.metadata.by, 'node')
assert.equal((await cluster.recover(added.cid)).cid, added.cid)
assert.equal((await cluster.unpin(empty)).cid, empty)
await assert.rejects(() => cluster.unpin(empty), /404|Not Found/)
await assert.rejects(() => cluster.pin('bad'), /400|Bad Request/)
assert.ok((await cluster.metricNames()).includes('ping'))
assert.equal((await cluster.peerList()).length, 1)
console.log('ok')
