using System.Collections.Concurrent;
using JobQueue.Diagnostics;
using JobQueue.Redis;

namespace JobQueue.Enqueueing;

/// <summary>
/// Waits for jobs to finish. Scripts announce the end of a job that somebody waits for; a lost message costs one poll.
/// Safe to use from any thread.
/// </summary>
internal sealed class ResultWaiter(RedisCalls calls, JobReader reader, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Waiting> _waiting = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _subscribing = new(1, 1);
    private readonly bool[] _subscribed = new bool[RedisShards.Most];

    /// <summary>Waits until the job is completed, dead or cancelled, and answers it.</summary>
    public async Task<Job> WaitAsync(JobId id, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var waiting = Join(id);
        try
        {
            if (!await calls.HasShardOfAsync(id, either.Token).ConfigureAwait(false))
            {
                throw Errors.NotFound(id);
            }

            await SubscribeAsync(id, either.Token).ConfigureAwait(false);
            await calls.Of(id).RunAsync("wait", RegisterAsync, (id, timeout), either.Token).ConfigureAwait(false);
            while (true)
            {
                var finished = waiting.Finished;
                var job = await reader.ReadAsync(id, either.Token).ConfigureAwait(false) ?? throw Errors.NotFound(id);
                if (job.State is JobState.Completed or JobState.Dead or JobState.Cancelled)
                {
                    return job;
                }

                await finished.WaitAsync(PollInterval, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                either.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Errors.WaitTimedOut(id, timeout, e);
        }
        finally
        {
            Leave(id, waiting);
        }
    }

    private static async Task<bool> RegisterAsync(RedisShard shard, (JobId Id, TimeSpan Timeout) wait, CancellationToken cancellationToken)
    {
        await WaitScript.RunAsync(shard, wait.Id, wait.Timeout, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task SubscribeAsync(JobId id, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _subscribed[id.Shard]))
        {
            return;
        }

        await _subscribing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_subscribed[id.Shard])
            {
                await calls.Of(id).RunAsync(
                    "subscribe",
                    async (shard, waiter, token) =>
                    {
                        await shard.SubscribeAsync(shard.Keys.FinishedChannel, waiter.OnFinished, token).ConfigureAwait(false);
                        return true;
                    },
                    this,
                    cancellationToken).ConfigureAwait(false);
                Volatile.Write(ref _subscribed[id.Shard], true);
            }
        }
        finally
        {
            _subscribing.Release();
        }
    }

    private void OnFinished(string message)
    {
        foreach (var id in message.Split(','))
        {
            if (_waiting.TryGetValue(id, out var waiting))
            {
                waiting.Signal();
            }
        }
    }

    private Waiting Join(JobId id)
    {
        while (true)
        {
            var waiting = _waiting.GetOrAdd(id.ToString(), static _ => new Waiting());
            if (waiting.TryJoin())
            {
                return waiting;
            }
        }
    }

    private void Leave(JobId id, Waiting waiting)
    {
        if (waiting.Leave())
        {
            _waiting.TryRemove(new KeyValuePair<string, Waiting>(id.ToString(), waiting));
        }
    }

    public void Dispose() => _subscribing.Dispose();

    /// <summary>Everybody in this process who waits for one job.</summary>
    private sealed class Waiting
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;

        /// <summary>Completes with the next announcement. Read it before the job, so that none is missed between.</summary>
        public Task Finished
        {
            get
            {
                lock (_gate)
                {
                    return _finished.Task;
                }
            }
        }

        public bool TryJoin()
        {
            lock (_gate)
            {
                if (_count < 0)
                {
                    return false; // The last one has left, and this entry is being removed.
                }

                _count++;
                return true;
            }
        }

        public bool Leave()
        {
            lock (_gate)
            {
                _count = _count == 1 ? -1 : _count - 1;
                return _count < 0;
            }
        }

        public void Signal()
        {
            TaskCompletionSource finished;
            lock (_gate)
            {
                finished = _finished;
                _finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            finished.TrySetResult();
        }
    }
}
