// A proxy as companies have them: it only tunnels (CONNECT). Whatever host is asked for, a TLS server on this machine answers, with a
// certificate of its own.
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { generate } from 'selfsigned';

export interface Proxy {
  /** For HTTPS_PROXY. */
  url: string;
  /** Hosts and ports that were asked for. */
  tunnelled: string[];
  /** PEM, for NODE_EXTRA_CA_CERTS. */
  certificate: string;
  close: () => Promise<void>;
}

/** @param hosts that the certificate is good for */
export async function startProxy(hosts: string[], answer: RequestListener): Promise<Proxy> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: hosts[0]! }], {
    keySize: 2048,
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: hosts.map((value) => ({ type: 2, value })) },
    ],
  });
  const target = createTlsServer({ key, cert }, answer);
  const port = await listen(target);
  const tunnelled: string[] = [];
  const proxy = createServer((_request, response) => response.writeHead(405).end());
  proxy.on('connect', (request, socket, head: Buffer) => {
    tunnelled.push(request.url ?? '');
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [socket, upstream]) end.on('error', () => [socket, upstream].forEach((each) => each.destroy()));
  });
  const url = `http://127.0.0.1:${await listen(proxy)}`;
  const sockets = new Set<{ destroy: () => void }>();
  proxy.on('connection', (socket) => sockets.add(socket));
  return {
    url,
    tunnelled,
    certificate: cert,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      target.closeAllConnections();
      for (const server of [proxy, target]) await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Pick<Server, 'listen' | 'address'>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
