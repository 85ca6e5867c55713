using System.Globalization;
using System.Text;
using JobQueue.Redis;

namespace JobQueue.Workers;

/// <summary>
/// Progress and log lines of one attempt. What arrives while a call is on its way goes out together in the next one; of progress
/// only the newest. They are for people: while Redis is away nobody waits for them, and lines are dropped. Safe to use from any thread.
/// </summary>
internal sealed class AttemptJournal(AttemptStores stores, Lease lease)
{
    private const int MaxLineBytes = 4_096;

    private readonly Lock _gate = new();
    private Queue<byte[]> _lines = new();
    private byte[]? _progress;
    private TaskCompletionSource _next = NewRound();
    private Task _sending = Task.CompletedTask;
    private bool _isSending;
    private bool _isRefused;
    private long _number;
    private int _dropped;

    public Task ReportAsync(double fraction, string? message)
    {
        var progress = JobProgressJson.Write(fraction, message, lease.Grant.ServerNow);
        lock (_gate)
        {
            _progress = progress;
            return SendAsync();
        }
    }

    public Task LogAsync(string text)
    {
        var line = ToLine(text);
        lock (_gate)
        {
            Add(line);
            return SendAsync();
        }
    }

    /// <summary>Ends when everything has been sent; at once while Redis is away.</summary>
    public Task FlushAsync()
    {
        lock (_gate)
        {
            return stores.Journal.IsAway ? Task.CompletedTask : _sending;
        }
    }

    private static TaskCompletionSource NewRound() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private byte[] ToLine(string text) => ToLine(lease.Grant.ServerNow, text);

    private static byte[] ToLine(long at, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = Math.Min(bytes.Length, MaxLineBytes);
        while (length < bytes.Length && (bytes[length] & 0xC0) == 0x80)
        {
            length--; // Back to where a character begins.
        }

        return [.. Encoding.ASCII.GetBytes(at.ToString(CultureInfo.InvariantCulture)), (byte)'|', .. bytes.AsSpan(0, length)];
    }

    /// <summary>Of more lines than are kept, the oldest would be removed by the same call that brings them.</summary>
    private void Add(byte[] line)
    {
        if (_lines.Count == LogScript.MaxLines)
        {
            _lines.Dequeue();
        }

        _lines.Enqueue(line);
    }

    /// <returns>Ends with the round trip that brings what is waiting now.</returns>
    private Task SendAsync()
    {
        if (_isRefused || !stores.Journal.MayTry)
        {
            DropLines();
            return Task.CompletedTask;
        }

        var round = _next.Task;
        if (!_isSending)
        {
            _isSending = true;
            _sending = SendAllAsync();
        }

        return stores.Journal.IsAway ? Task.CompletedTask : round;
    }

    private async Task SendAllAsync()
    {
        while (TakeRound() is { } round)
        {
            var failure = await TrySendAsync(round).ConfigureAwait(false);
            if (failure is not null)
            {
                stores.Journal.Failed(failure);
                GiveUp(round);
            }

            round.Done.SetResult();
            if (failure is not null)
            {
                return; // The next call begins anew.
            }
        }
    }

    private Round? TakeRound()
    {
        lock (_gate)
        {
            if (_isRefused || (_progress is null && _lines.Count == 0))
            {
                EndRounds();
                return null;
            }

            if (_dropped > 0 && _lines.Count > 0)
            {
                AddNote();
            }

            var round = new Round(_progress, _lines, _lines.Count > 0 ? ++_number : _number, _dropped, _next);
            (_progress, _lines, _next) = (null, new Queue<byte[]>(), NewRound());
            return round;
        }
    }

    /// <returns>Why it failed; null when it did not.</returns>
    private async Task<Exception?> TrySendAsync(Round round)
    {
        try
        {
            // One after the other would be two round trips.
            var progress = round.Progress is { } stored
                ? ProgressScript.RunAsync(stores.Shard, lease.IdText, lease.Token, stored, CancellationToken.None)
                : Task.FromResult(ScriptStatus.Applied);
            var lines = round.Lines.Count > 0
                ? LogScript.RunAsync(stores.Shard, lease.IdText, lease.Token, round.Number, round.Lines, CancellationToken.None)
                : Task.FromResult(ScriptStatus.Applied);
            var statuses = await Task.WhenAll(progress, lines).ConfigureAwait(false);
            stores.Journal.Succeeded();
            Review(round, isRefused: Array.Exists(statuses, static status => status == ScriptStatus.Refused));
            return null;
        }
        catch (Exception e)
        {
            // Whatever it is: what is written for people fails no job.
            return e;
        }
    }

    private void Review(Round round, bool isRefused)
    {
        lock (_gate)
        {
            _dropped -= round.Lines.Count > 0 ? round.Dropped : 0;
            _isRefused = isRefused;
        }

        if (isRefused)
        {
            lease.Stop(StopReason.LeaseLost);
        }
    }

    /// <summary>The newest progress goes with the next call, unless there is a newer one by then. Lines are dropped.</summary>
    private void GiveUp(Round round)
    {
        lock (_gate)
        {
            _progress ??= round.Progress;
            _dropped += round.Lines.Count;
            EndRounds();
        }
    }

    private void EndRounds()
    {
        DropLines();
        _isSending = false;
        _next.TrySetResult(); // Nobody waits for what will not be sent.
        _next = NewRound();
    }

    private void DropLines()
    {
        _dropped += _lines.Count;
        _lines.Clear();
    }

    /// <summary>Whoever reads the log is not to take it for whole.</summary>
    private void AddNote()
    {
        var note = ToLine(lease.Grant.ServerNow, $"({_dropped.ToString(CultureInfo.InvariantCulture)} lines before this one may be missing: Redis did not answer)");
        var lines = new Queue<byte[]>([note, .. _lines.Skip(_lines.Count == LogScript.MaxLines ? 1 : 0)]);
        _lines = lines;
    }

    /// <summary>What one round trip brings.</summary>
    private sealed record Round(byte[]? Progress, Queue<byte[]> Lines, long Number, int Dropped, TaskCompletionSource Done);
}
