using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>
/// Ports for servers that tests restart, below those that a system gives to whoever connects: while the server is gone nobody else is
/// given its port, not even a client of its own that tries to connect and would meet itself.
/// </summary>
internal static class ServerPort
{
    public static int Find()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(20_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // It is taken.
            }
        }
    }
}
