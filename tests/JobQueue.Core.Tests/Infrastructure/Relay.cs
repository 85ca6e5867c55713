using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>
/// Stands between a client and the server on a free port of its own, and can hold the traffic back: then calls are neither
/// answered nor refused, as with a server that hangs. It can also cut the connections and take no new ones, as with a server that is gone,
/// and be slow.
/// </summary>
internal sealed class Relay : IAsyncDisposable
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(10);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly EndPoint _server;
    private readonly List<Task> _pumps = [];
    private readonly Task _accepting;
    private volatile TaskCompletionSource _open = Opened();

    private Relay(EndPoint server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    private readonly ConcurrentDictionary<Socket, bool> _sockets = new();
    private volatile bool _isCut;

    /// <summary>What passes on each connection in a second, each way.</summary>
    public int BytesPerSecond { get; init; } = int.MaxValue;

    public EndPoint EndPoint => _listener.LocalEndpoint;

    /// <param name="server">The server.</param>
    /// <param name="store">Whose keys are asked for.</param>
    /// <param name="bytesPerSecond">What passes at most.</param>
    public static Relay Before(TestServer server, Store store, int bytesPerSecond = int.MaxValue) => new(server.EndPointOf(store.Root)) { BytesPerSecond = bytesPerSecond };

    /// <summary>The connection string of a server, with this in the server's place.</summary>
    public string Through(TestServer server) => server.At(EndPoint);

    /// <summary>Ends every connection and refuses new ones until <see cref="Mend"/>.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (var socket in _sockets.Keys)
        {
            socket.Close(0);
        }
    }

    public void Mend() => _isCut = false;

    /// <summary>From now on nothing passes, either way.</summary>
    public void Hold() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was held back passes, and what follows.</summary>
    public void Release() => _open.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_pumps).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptSocketAsync(_stop.Token);
            if (_isCut)
            {
                client.Close(0);
                continue;
            }

            _pumps.Add(PumpBothWaysAsync(client));
        }
    }

    private async Task PumpBothWaysAsync(Socket client)
    {
        using var near = client;
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await far.ConnectAsync(_server, _stop.Token);
        (_sockets[near], _sockets[far]) = (true, true);
        if (_isCut)
        {
            return;
        }

        await Task.WhenAny(PumpAsync(near, far), PumpAsync(far, near));
        _sockets.TryRemove(near, out _);
        _sockets.TryRemove(far, out _);
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var (buffer, owed) = (new byte[16 * 1024], TimeSpan.Zero);
        while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var length)
        {
            await _open.Task.WaitAsync(_stop.Token);
            for (var sent = 0; sent < length;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, length - sent), _stop.Token);
            }

            // A small message costs nothing: time is owed by what is large.
            owed += TimeSpan.FromSeconds((double)length / BytesPerSecond);
            if (owed > Least)
            {
                var began = TimeProvider.System.GetTimestamp();
                await Task.Delay(owed, TimeProvider.System, _stop.Token);
                owed -= TimeProvider.System.GetElapsedTime(began);
            }
        }
    }
}
