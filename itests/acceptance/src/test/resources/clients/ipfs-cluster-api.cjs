// Calls of ipfs-cluster-api against the listener for clients of the 0.11 era: node ipfs-cluster-api.cjs <host> <port>;
// prints "ok" when all answers are right.
const assert = require('node:assert')
const client = require('ipfs-cluster-api')

const cluster = client(process.argv[2], process.argv[3], { protocol: 'http' })

async function run () {
  assert.match((await cluster.version()).version, /^1\.1\.6/)
  const id = await cluster.id()
  assert.ok(id.id)
  const added = await cluster.add({ path: 'old.txt', content: Buffer.from('hello from an old client\n') }, {})
  assert.equal(added[0].path, 'old.txt')
  assert.match(added[0].hash, /^Qm/)
  const cid = 'bafkqaayaaaaq'
  await cluster.pin.add(cid, { name: 'old', replication_factor_min: -1 })
  const pins = await cluster.pin.ls()
  const mine = pins.find(pin => pin.cid['/'] === cid)
  assert.equal(mine.name, 'old')
  assert.equal(mine.type, 2)
  const status = await cluster.status(cid)
  assert.equal(status.cid['/'], cid)
  assert.equal(Object.values(status.peer_map)[0].peer, id.id)
  assert.ok(Array.isArray(await cluster.status()))
  assert.ok(await cluster.sync(cid))
  assert.ok(await cluster.recover(cid))
  assert.equal((await cluster.health.graph()).ClusterID, id.id)
  assert.ok(Array.isArray(await cluster.health.metrics('ping')))
  assert.equal((await cluster.peers.ls()).length, 1)
  await cluster.pin.rm(cid)
  console.log('ok')
}

run().catch(failure => {
  console.error(failure)
  process.exit(1)
})
