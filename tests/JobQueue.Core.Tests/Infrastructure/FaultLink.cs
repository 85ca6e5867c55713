using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>One connection through a <see cref="FaultProxy"/>: knows which reply answers which command.</summary>
internal sealed class FaultLink(FaultProxy proxy, Socket client) : IDisposable
{
    private const int FirstLength = 64 * 1024;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    private readonly Socket _server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>A place for each command that is not answered yet.</summary>
    private readonly ConcurrentQueue<FaultTrap?> _unanswered = new();

    private volatile bool _isHalfOpen;

    /// <summary>Replies of a connection that hears messages answer nothing.</summary>
    private volatile bool _isSubscription;

    public async Task RunAsync(EndPoint server, CancellationToken stop)
    {
        client.NoDelay = true;
        await _server.ConnectAsync(server, stop);
        var up = PumpAsync(client, PassCommandAsync, stop);
        var down = PumpAsync(_server, PassReplyAsync, stop);
        var first = await Task.WhenAny(up, down);
        if (first == up)
        {
            // A caller that has gone away had sent what it sent: the server gets and executes it.
            await Task.WhenAny(down, DrainedAsync(stop));
        }

        if (!_isHalfOpen)
        {
            Cut();
        }

        await Task.WhenAll(up, down).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        SetAgain();
        await first;
    }

    /// <summary>Whether it hears messages.</summary>
    public bool IsSubscription => _isSubscription;

    public void HalfOpen() => _isHalfOpen = true;

    /// <summary>Ends it towards both sides.</summary>
    public void Cut()
    {
        client.Close(0);
        _server.Close(0);
    }

    public void Dispose() => Cut();

    /// <summary>Hands over whole values as they come.</summary>
    private static async Task PumpAsync(Socket from, Func<ReadOnlyMemory<byte>, CancellationToken, Task> passAsync, CancellationToken stop)
    {
        var buffer = new byte[FirstLength];
        var filled = 0;
        while (await from.ReceiveAsync(buffer.AsMemory(filled), stop) is > 0 and var received)
        {
            filled += received;
            var start = 0;
            while (Resp.Measure(buffer.AsSpan(start, filled - start)) is > 0 and var length)
            {
                await passAsync(buffer.AsMemory(start, length), stop);
                start += length;
            }

            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }

    private async Task PassCommandAsync(ReadOnlyMemory<byte> command, CancellationToken stop)
    {
        var words = Resp.ReadCommand(command.Span);
        _isSubscription |= words.Name is "SUBSCRIBE" or "PSUBSCRIBE";
        if (_isSubscription && proxy.RefusesSubscriptions)
        {
            Cut();
            return;
        }

        var trap = _isHalfOpen ? null : proxy.Spring(words);
        if (trap?.Kind == FaultKind.HoldCall)
        {
            trap.Catch();
            await trap.LetGoTask.WaitAsync(stop);
        }

        _unanswered.Enqueue(trap);
        await SendAsync(_server, command, stop);
        trap?.Catch();
    }

    private async Task PassReplyAsync(ReadOnlyMemory<byte> reply, CancellationToken stop)
    {
        FaultTrap? trap = null;
        _ = !_isSubscription && _unanswered.TryDequeue(out trap);
        if (trap?.Kind == FaultKind.LoseReply)
        {
            trap.Answer();
            Cut();
            return;
        }

        trap?.Answer();
        if (proxy.Delay > TimeSpan.Zero)
        {
            await Task.Delay(proxy.Delay, TimeProvider.System, stop);
        }

        try
        {
            await SendAsync(client, reply, stop);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The caller is gone; there may be more that it had sent.
        }
    }

    private async Task DrainedAsync(CancellationToken stop)
    {
        while (!_unanswered.IsEmpty && !_isSubscription)
        {
            await Task.Delay(Look, TimeProvider.System, stop);
        }
    }

    /// <summary>What was to lose its reply, and was cut off for another reason before it had one, is still to come.</summary>
    private void SetAgain()
    {
        while (_unanswered.TryDequeue(out var trap))
        {
            if (trap?.Kind == FaultKind.LoseReply)
            {
                proxy.Set(trap);
            }
        }
    }

    private async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        for (var sent = 0; sent < bytes.Length && !_isHalfOpen;)
        {
            sent += await to.SendAsync(bytes[sent..], stop);
        }
    }
}
