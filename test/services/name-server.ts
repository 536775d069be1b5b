import { createSocket } from 'node:dgram';

// A name server that knows no name: it answers every question with "no such domain".
const [address] = process.argv.slice(2);
const socket = createSocket('udp4');
socket.on('message', (question, peer) => {
  const answer = Buffer.from(question);
  answer.writeUInt16BE(0x8183, 2);
  socket.send(answer, peer.port, peer.address);
});
socket.bind(53, address);
