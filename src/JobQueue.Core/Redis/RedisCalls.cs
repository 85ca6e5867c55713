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
/// <remarks>The one that a host makes runs calls on the first shard; <see cref="On"/> and <see cref="Of"/> give those of others.</remarks>
internal sealed class RedisCalls
{
    private readonly RedisConnection _connection;
    private readonly ResiliencePipeline _pipeline;
    private readonly RedisCalls?[] _byShard;
    private readonly byte _shard;

    public RedisCalls(RedisConnection connection, IOptions<JobQueueOptions> options, TimeProvider time)
    {
        _connection = connection;
        _byShard = new RedisCalls?[RedisShards.Most];
        _byShard[0] = this;
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

    private RedisCalls(RedisCalls first, byte shard)
    {
        (_connection, _pipeline, _byShard, _shard) = (first._connection, first._pipeline, first._byShard, shard);
    }

    /// <summary>The number of the shard that calls run on.</summary>
    public byte Shard => _shard;

    /// <summary>Runs calls on the shard of a number.</summary>
    public RedisCalls On(byte shard) => _byShard[shard] ??= new RedisCalls(this, shard);

    /// <summary>Runs calls on the shard that holds a job.</summary>
    public RedisCalls Of(JobId id) => On(id.Shard);

    /// <summary>Makes sure that the next call on all shards knows of every one.</summary>
    public async Task RefreshShardsAsync(CancellationToken cancellationToken)
    {
        var shards = await _connection.GetShardsAsync(cancellationToken).ConfigureAwait(false);
        await shards.RefreshAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One for each shard of the store, by number.</summary>
    public async Task<RedisCalls[]> AllAsync(CancellationToken cancellationToken)
    {
        var shards = await _connection.GetShardsAsync(cancellationToken).ConfigureAwait(false);
        return Array.ConvertAll(await shards.GetAllAsync(cancellationToken).ConfigureAwait(false), shard => On(shard.Keys.Shard));
    }

    /// <summary>Runs a call on every shard, side by side.</summary>
    /// <returns>The answers, by number of the shard.</returns>
    public async Task<T[]> RunOnAllAsync<TState, T>(
        string operation, Func<RedisShard, TState, CancellationToken, Task<T>> call, TState state, CancellationToken cancellationToken)
    {
        var all = await AllAsync(cancellationToken).ConfigureAwait(false);
        return await Task.WhenAll(Array.ConvertAll(all, calls => calls.RunAsync(operation, call, state, cancellationToken))).ConfigureAwait(false);
    }

    /// <summary>Whether the store has the shard that an id names; an id from outside may name any.</summary>
    public async ValueTask<bool> HasShardOfAsync(JobId id, CancellationToken cancellationToken)
        => id.Shard == 0
            || await (await _connection.GetShardsAsync(cancellationToken).ConfigureAwait(false)).FindAsync(id.Shard, cancellationToken).ConfigureAwait(false) is not null;

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
        var shards = await _connection.GetShardsAsync(cancellationToken).ConfigureAwait(false);
        var shard = await shards.FindAsync(_shard, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"The store has no shard {_shard}.");
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
