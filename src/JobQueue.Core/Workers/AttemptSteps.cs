using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using JobQueue.Diagnostics;
using JobQueue.Redis;

namespace JobQueue.Workers;

/// <summary>
/// The steps of one attempt. What earlier attempts have done is read once; a step that is not among them runs, and its result is
/// stored before it is returned. Both calls wait for Redis until the attempt is asked to stop. Safe to use from any thread.
/// </summary>
internal sealed class AttemptSteps(AttemptStores stores, Lease lease, JobId id, CancellationToken stopping)
{
    public const int MaxSteps = 256;
    public const int MaxResultBytes = 64 * 1_024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, TaskCompletionSource<byte[]>> _steps = new(StringComparer.Ordinal);
    private Task? _reading;

    public async Task OnceAsync(string step, Func<CancellationToken, Task> action, CancellationToken cancellationToken)
        => await RunOnceAsync(step, action, static () => "null"u8.ToArray(), cancellationToken).ConfigureAwait(false);

    public async Task<T> OnceAsync<T>(string step, Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        var type = FindType(step, typeof(T)); // Before the step runs: a type that can't be written is found before its effect.
        var value = default(T)!;
        byte[]? written = null;
        var result = await RunOnceAsync(
            step,
            async token => value = await action(token).ConfigureAwait(false),
            () => written = Write(step, value, type),
            cancellationToken).ConfigureAwait(false);
        return ReferenceEquals(result, written) ? value : Read<T>(step, result, type);
    }

    private async Task<byte[]> RunOnceAsync(string step, Func<CancellationToken, Task> action, Func<byte[]> write, CancellationToken cancellationToken)
    {
        if (!Names.IsValid(step))
        {
            throw Errors.InvalidStepName(step);
        }

        await ReadAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return TryBegin(step, out var run)
            ? await RunAsync(step, run, action, write, cancellationToken).ConfigureAwait(false)
            : await run.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <returns>Whether the caller is the one to run it.</returns>
    private bool TryBegin(string step, out TaskCompletionSource<byte[]> run)
    {
        lock (_gate)
        {
            if (_steps.TryGetValue(step, out run!))
            {
                return false;
            }

            if (_steps.Count >= MaxSteps)
            {
                throw Errors.TooManySteps(id, step, MaxSteps);
            }

            run = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
            _steps.Add(step, run);
            return true;
        }
    }

    private async Task<byte[]> RunAsync(
        string step, TaskCompletionSource<byte[]> run, Func<CancellationToken, Task> action, Func<byte[]> write, CancellationToken cancellationToken)
    {
        var hasRun = false;
        try
        {
            await action(cancellationToken).ConfigureAwait(false);
            hasRun = true;
            var result = await StoreAsync(step, write()).ConfigureAwait(false);
            run.SetResult(result);
            return result;
        }
        catch (Exception e)
        {
            if (!hasRun)
            {
                Forget(step); // The handler may try it again. One that has run is not run again by this attempt, whatever became of its result.
            }

            run.SetException(e);
            _ = run.Task.Exception; // There may be nobody else who looks at it.
            throw;
        }
    }

    private void Forget(string step)
    {
        lock (_gate)
        {
            _steps.Remove(step);
        }
    }

    private Task ReadAsync()
    {
        lock (_gate)
        {
            if (_reading is null or { IsCompleted: true, IsCompletedSuccessfully: false })
            {
                _reading = ReadOnceAsync();
            }

            return _reading;
        }
    }

    private async Task ReadOnceAsync()
    {
        var done = await SendAsync(
            () => ReadStepsScript.RunAsync(stores.Shard, lease.IdText, lease.Token, CancellationToken.None),
            static failure => RedisErrors.IsPassing(failure),
            failure => Errors.StepsNotRead(id, failure)).ConfigureAwait(false) ?? throw Lost();
        lock (_gate)
        {
            foreach (var (step, result) in done)
            {
                var run = new TaskCompletionSource<byte[]>();
                run.SetResult(result);
                _steps.Add(step, run);
            }
        }
    }

    /// <returns>The result that stands.</returns>
    private async Task<byte[]> StoreAsync(string step, byte[] result)
    {
        if (result.Length > MaxResultBytes)
        {
            throw Errors.StepResultTooLarge(id, step, result.Length, MaxResultBytes);
        }

        // Whatever Redis says: the effect has happened, and to give up is to let it happen again.
        var (_, stands) = await SendAsync(
            () => StoreStepScript.RunAsync(stores.Shard, lease.IdText, lease.Token, step, result, CancellationToken.None),
            static _ => true,
            failure => Errors.StepNotStored(id, step, failure)).ConfigureAwait(false);
        return stands ?? throw Lost();
    }

    /// <summary>Sends a call until it is answered or the attempt is asked to stop; once in any case.</summary>
    private async Task<TReply> SendAsync<TReply>(Func<Task<TReply>> call, Func<Exception, bool> mayPass, Func<Exception, Exception> giveUp)
    {
        while (true)
        {
            TimeSpan delay;
            try
            {
                var reply = await call().ConfigureAwait(false);
                stores.Steps.Succeeded();
                return reply;
            }
            catch (Exception e) when (mayPass(e))
            {
                delay = stores.Steps.Failed(e);
                if (stopping.IsCancellationRequested)
                {
                    throw giveUp(e);
                }
            }

            await Task.Delay(delay, stores.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The token is about to fire anyway: with the next heartbeat at the latest.</summary>
    private OperationCanceledException Lost()
    {
        lease.Stop(StopReason.LeaseLost);
        return Errors.LeaseLost(id);
    }

    private JsonTypeInfo FindType(string step, Type type)
    {
        try
        {
            return stores.Options.SerializerOptions.GetTypeInfo(type);
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException)
        {
            throw Errors.StepNotSerialisable(id, step, type, e);
        }
    }

    private byte[] Write<T>(string step, T value, JsonTypeInfo type)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(value, type);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw Errors.StepNotSerialisable(id, step, typeof(T), e);
        }
    }

    private T Read<T>(string step, byte[] result, JsonTypeInfo type)
    {
        try
        {
            return (T)JsonSerializer.Deserialize(result, type)!;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw Errors.StepResultUnreadable(id, step, typeof(T), e);
        }
    }
}
