using JobQueue.Diagnostics;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>
/// Runs calls that somebody waits for: repeats one that may pass, within <see cref="JobQueueOptions.CallTimeout"/> in
/// all, and turns what remains into the library's errors. Every script may be sent twice. Safe to use from any thread.
/// </summary>
internal sealed class RedisCalls
{
    private readonly RedisConnection _connection;
    private readonly ResiliencePipeline _pipeline;

    public RedisCalls(RedisConnection connection, IOptions<JobQueueOptions> options, TimeProvider time)
    {
        _connection = connection;
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(options.Value.CallTimeout)
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = static arguments => new ValueTask<bool>(arguments.Outcome.Exception is { } e && RedisErrors.IsPassing(e)),
                MaxRetryAttempts = 3,
                Delay = TimeSpan.FromMilliseconds(50),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            })
            .Build();
    }

    /// <summary>Runs a call and throws the library's own exceptions when it fails.</summary>
    public Task<T> RunAsync<TState, T>(
        string operation, Func<RedisShard, TState, CancellationToken, Task<T>> call, TState state, CancellationToken cancellationToken)
        => TranslateAsync(operation, RunRawAsync(call, state, cancellationToken));

    /// <summary>
    /// As <see cref="RunAsync"/>, for a call whose caller is told that something is stored: it ends when as many replicas have it as
    /// <see cref="JobQueueOptions.ReplicasToAcknowledge"/> says.
    /// </summary>
    public Task<T> StoreAsync<TState, T>(
        string operation, Func<RedisShard, TState, CancellationToken, Task<T>> call, TState state, CancellationToken cancellationToken)
        => TranslateAsync(operation, StoreRawAsync(call, state, cancellationToken));

    private static async Task<T> TranslateAsync<T>(string operation, Task<T> call)
    {
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (TooFewReplicasException e)
        {
            throw Errors.NotOnReplicas(operation, e, []);
        }
        catch (Exception e) when (RedisErrors.IsPassing(e) || e is TimeoutRejectedException)
        {
            throw Errors.Unavailable(operation, e);
        }
        catch (RedisException e) when (RedisErrors.IsFull(e))
        {
            throw Errors.RedisFull(operation, e, []);
        }
        catch (RedisException e)
        {
            throw Errors.ScriptFailed(operation, e);
        }
    }

    /// <summary>Runs a call with the same repeats, and leaves the last exception as it is.</summary>
    public async Task<T> RunRawAsync<TState, T>(
        Func<RedisShard, TState, CancellationToken, Task<T>> call, TState state, CancellationToken cancellationToken)
    {
        var shard = await _connection.GetShardAsync(cancellationToken).ConfigureAwait(false);
        return await _pipeline.ExecuteAsync(
            static async (arguments, token) => await arguments.call(arguments.shard, arguments.state, token).ConfigureAwait(false),
            (call, shard, state),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As <see cref="RunRawAsync"/>, and waits for replicas as <see cref="StoreAsync"/> does.</summary>
    /// <exception cref="TooFewReplicasException">The call was carried out, and it is not known that enough replicas have it.</exception>
    public Task<T> StoreRawAsync<TState, T>(
        Func<RedisShard, TState, CancellationToken, Task<T>> call, TState state, CancellationToken cancellationToken)
        => _connection.Acknowledged is not { } acknowledged
            ? RunRawAsync(call, state, cancellationToken)
            : RunRawAsync(
                static (shard, arguments, token) => arguments.acknowledged.RunAsync(shard, arguments.call, arguments.state, token),
                (acknowledged, call, state),
                cancellationToken);
}
