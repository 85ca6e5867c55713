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
    public async Task<T> RunAsync<TState, T>(
        string operation, Func<RedisShard, TState, CancellationToken, Task<T>> call, TState state, CancellationToken cancellationToken)
    {
        try
        {
            return await RunRawAsync(call, state, cancellationToken).ConfigureAwait(false);
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
}
