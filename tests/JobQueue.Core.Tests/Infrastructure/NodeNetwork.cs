using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>
/// The network between the nodes of a cluster, which a test splits: nodes announce addresses of this, and are reached through it. Who is at the other end it
/// reads from what is said first: a node names itself in each message of the bus, and a replica says REPLCONF. Clients are always let through.
/// </summary>
internal sealed class NodeNetwork : IAsyncDisposable
{
    /// <summary>Where the name of the sender stands in a message of the bus (Redis 7.0, cluster.h, clusterMsg), and how long it is.</summary>
    private const int SenderAt = 40;

    private const int SenderLength = 40;

    private static readonly byte[] BusSignature = "RCmb"u8.ToArray();

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Link, Task> _links = new();
    private readonly List<TcpListener> _listeners = [];
    private readonly List<Task> _accepting = [];
    private volatile Split? _split;

    /// <summary>Listens for a node.</summary>
    /// <param name="target">Where the node listens itself.</param>
    /// <returns>The port to announce.</returns>
    public int Listen(int target)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _listeners.Add(listener);
        _accepting.Add(AcceptAsync(listener, target));
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Ends what a node has to do with the others, and lets nothing new through.</summary>
    /// <param name="name">Its id.</param>
    /// <param name="ports">Where it listens itself, for clients and for nodes.</param>
    public void Isolate(string name, params int[] ports)
    {
        _split = new Split(name, ports);
        foreach (var link in _links.Keys.Where(IsCut))
        {
            link.End();
        }
    }

    /// <summary>Lets nodes find each other again.</summary>
    public void Heal() => _split = null;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listeners.ForEach(static listener => listener.Dispose());
        foreach (var link in _links.Keys)
        {
            link.End();
        }

        await Task.WhenAll([.. _accepting, .. _links.Values]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private bool IsCut(Link link)
        => _split is { } split && link.Peer is { } peer && (peer == split.Name || (split.Ports.Contains(link.Target) && peer.Length > 0));

    private async Task AcceptAsync(TcpListener listener, int target)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var link = new Link(await listener.AcceptSocketAsync(_stop.Token), target);
                _links[link] = RunAsync(link);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task RunAsync(Link link)
    {
        try
        {
            await link.Server.ConnectAsync(IPAddress.Loopback, link.Target, _stop.Token);
            await Task.WhenAny(SendAsync(link), ReturnAsync(link));
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The node is gone, or the link has ended.
        }
        finally
        {
            link.End();
            _links.TryRemove(link, out _);
        }
    }

    /// <summary>What whoever has connected says, and with it who that is.</summary>
    private async Task SendAsync(Link link)
    {
        var buffer = new byte[64 * 1024];
        while (await link.Client.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
        {
            link.Peer ??= FindPeer(buffer.AsSpan(0, count));
            if (IsCut(link))
            {
                return;
            }

            for (var sent = 0; sent < count;)
            {
                sent += await link.Server.SendAsync(buffer.AsMemory(sent, count - sent), _stop.Token);
            }
        }
    }

    private async Task ReturnAsync(Link link)
    {
        var buffer = new byte[64 * 1024];
        while (!IsCut(link) && await link.Server.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
        {
            for (var sent = 0; sent < count;)
            {
                sent += await link.Client.SendAsync(buffer.AsMemory(sent, count - sent), _stop.Token);
            }
        }
    }

    /// <returns>The name of a node, "replica", or null while it may be a client.</returns>
    private static string? FindPeer(ReadOnlySpan<byte> said)
        => said.Length >= SenderAt + SenderLength && said.StartsWith(BusSignature) && BinaryPrimitives.ReadInt32BigEndian(said[4..]) > SenderAt
            ? Encoding.ASCII.GetString(said.Slice(SenderAt, SenderLength))
            : said.IndexOf("REPLCONF"u8) >= 0 || said.IndexOf("PSYNC"u8) >= 0 ? "replica" : null;

    /// <param name="Name">The node that is apart.</param>
    /// <param name="Ports">Where it listens itself.</param>
    private sealed record Split(string Name, int[] Ports);

    private sealed class Link(Socket client, int target)
    {
        private volatile string? _peer;

        public Socket Client { get; } = client;

        public Socket Server { get; } = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        public int Target { get; } = target;

        public string? Peer
        {
            get => _peer;
            set => _peer = value;
        }

        public void End()
        {
            Client.Dispose();
            Server.Dispose();
        }
    }
}
