// Calls of kubo-rpc-client: node kubo-rpc-client.mjs <url>; prints "ok" when all answers are right.
import assert from 'node:assert'
import { create } from 'kubo-rpc-client'
import { CID } from 'multiformats/cid'

const ipfs = create({ url: process.argv[2] })
const all = async (source) => {
  const items = []
  for await (const item of source) items.push(item)
  return items
}
const bytes = async (source) => Buffer.concat(await all(source)).toString()
const isPinned = async (cid) => (await all(ipfs.pin.ls({ type: 'recursive' }))).some((pin) => pin.cid.equals(cid))
const settle = async (call, right) => {
  for (let i = 0; ; i++) {
    const value = await call()
    if (right(value) || i === 200) return value
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

assert.ok((await ipfs.version()).version)
assert.ok((await ipfs.id()).id)

const file = await ipfs.add('from kubo-rpc-client\n', { cidVersion: 1, pin: true })
assert.equal(await bytes(ipfs.cat(file.cid)), 'from kubo-rpc-client\n')
assert.ok(await settle(() => isPinned(file.cid), (there) => there))

const many = await all(ipfs.addAll([{ path: 'd/one.txt', content: 'one' }, { path: 'd/two.txt', content: 'two' }], { wrapWithDirectory: true }))
const root = many[many.length - 1].cid
assert.deepEqual((await all(ipfs.ls(root.toString() + '/d'))).map((entry) => entry.name), ['one.txt', 'two.txt'])
assert.equal(await bytes(ipfs.cat(root.toString() + '/d/two.txt')), 'two')
assert.ok((await ipfs.dag.get(root)).value)
assert.ok((await all(ipfs.refs(root, { recursive: true }))).length >= 3)

const block = await ipfs.block.put(new TextEncoder().encode('a block'), { format: 'raw' })
assert.equal(Buffer.from(await ipfs.block.get(block)).toString(), 'a block')
assert.equal((await ipfs.block.stat(block)).size, 7)

const empty = CID.parse('bafkqaaa')
await ipfs.pin.add(block)
assert.ok(await settle(() => isPinned(block), (there) => there))
await ipfs.pin.rm(block)
assert.ok(!(await settle(() => isPinned(block), (there) => !there)))
await assert.rejects(() => ipfs.pin.rm(empty))

assert.ok((await ipfs.repo.stat()).storageMax > 0n)
assert.ok(Array.isArray(await ipfs.swarm.peers()))
console.log('ok')
