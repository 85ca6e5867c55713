using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>
/// A network that fails, on a free port of its own between clients and a server: it cuts connections, loses the reply of a call
/// that the server has executed, holds a call until its caller has given up, delays, and leaves half-open connections behind,
/// of which neither side hears anything any more. Safe to use from any thread.
/// </summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<FaultLink, Task> _links = new();
    private readonly Lock _gate = new();
    private readonly List<FaultTrap> _traps = [];
    private readonly EndPoint _server;
    private readonly Task _accepting;
    private volatile bool _isCut;
    private volatile bool _refusesSubscriptions;
    private long _delayMs;

    private FaultProxy(EndPoint server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public EndPoint EndPoint => _listener.LocalEndpoint;

    /// <summary>How long each reply is late.</summary>
    public TimeSpan Delay
    {
        get => TimeSpan.FromMilliseconds(Interlocked.Read(ref _delayMs));
        set => Interlocked.Exchange(ref _delayMs, (long)value.TotalMilliseconds);
    }

    /// <param name="connectionString">Of the server, which is on this machine: <c>host:port,options</c>.</param>
    public static FaultProxy Before(string connectionString) => new(IPEndPoint.Parse(connectionString.Split(',')[0].Replace("localhost", "127.0.0.1", StringComparison.Ordinal)));

    public static FaultProxy Before(EndPoint server) => new(server);

    /// <summary>A connection string of the server, with this in the server's place.</summary>
    public string Through(string connectionString) => EndPoint + connectionString[connectionString.IndexOf(',', StringComparison.Ordinal)..];

    /// <summary>Ends every connection. New ones are made at once.</summary>
    public void Break()
    {
        foreach (var link in _links.Keys)
        {
            link.Cut();
        }
    }

    /// <summary>Ends every connection that hears messages, and each that is to hear some from now on, and no other.</summary>
    public void CutSubscriptions()
    {
        _refusesSubscriptions = true;
        foreach (var link in _links.Keys.Where(static link => link.IsSubscription))
        {
            link.Cut();
        }
    }

    /// <summary>Ends every connection and refuses new ones until <see cref="Mend"/>.</summary>
    public void Cut()
    {
        _isCut = true;
        Break();
    }

    public void Mend() => _isCut = false;

    /// <summary>
    /// Leaves every connection half-open: what either side sends is swallowed, and neither hears that it has ended. New ones work.
    /// </summary>
    public void HalfOpen()
    {
        foreach (var link in _links.Keys)
        {
            link.HalfOpen();
        }
    }

    /// <summary>Sets a trap for the next call of a script, on any connection.</summary>
    /// <param name="kind">What happens to it.</param>
    /// <param name="hash">The script's SHA-1.</param>
    public FaultTrap Set(FaultKind kind, byte[] hash)
    {
        var trap = new FaultTrap(kind, Convert.ToHexStringLower(hash));
        Set(trap);
        return trap;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_links.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    internal bool RefusesSubscriptions => _refusesSubscriptions;

    internal void Set(FaultTrap trap)
    {
        lock (_gate)
        {
            _traps.Add(trap);
        }
    }

    /// <summary>The trap that this command falls into, which is then gone.</summary>
    internal FaultTrap? Spring((string Name, string First) command)
    {
        lock (_gate)
        {
            var trap = _traps.Find(trap => trap.IsFor(command));
            _ = trap is not null && _traps.Remove(trap);
            return trap;
        }
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

            var link = new FaultLink(this, client);
            _links[link] = RunAsync(link);
            if (_isCut)
            {
                link.Cut();
            }
        }
    }

    private async Task RunAsync(FaultLink link)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await link.RunAsync(_server, _stop.Token);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One side has ended the connection, or the test has.
        }
        finally
        {
            link.Cut();
            _links.TryRemove(link, out _);
        }
    }
}
