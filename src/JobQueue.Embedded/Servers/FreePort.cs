using System.Net;
using System.Net.Sockets;

namespace JobQueue.Embedded.Servers;

/// <summary>
/// Asks the system for a port of 127.0.0.1 that is free now. Another program may take it before the server does,
/// so whoever uses it tries again with another.
/// </summary>
internal static class FreePort
{
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
