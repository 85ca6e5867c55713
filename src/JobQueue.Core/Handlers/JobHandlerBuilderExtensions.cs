using System.Text.Json;
using JobQueue.Diagnostics;
using JobQueue.Handlers;
using Microsoft.Extensions.DependencyInjection;

namespace JobQueue;

/// <summary>Adds handlers that are delegates.</summary>
public static class JobHandlerBuilderExtensions
{
    /// <summary>Adds a handler without a result.</summary>
    /// <typeparam name="TArgs">The type of the arguments, read from JSON with <see cref="JobQueueOptions.SerializerOptions"/>.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The handler's name, which jobs are enqueued under; a valid name.</param>
    /// <param name="handler">
    /// The handler. It may run several times for one job, so what it does must be safe to repeat; its token fires on
    /// timeout, on shutdown and when the lease is lost.
    /// </param>
    /// <param name="configure">Sets the handler's defaults.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="InvalidJobException">The name or a setting is outside its rule.</exception>
    public static JobQueueBuilder AddJobHandler<TArgs>(
        this JobQueueBuilder builder,
        string name,
        Func<TArgs, JobContext, CancellationToken, Task> handler,
        Action<JobHandlerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(handler);
        if (handler.Method.ReturnType.IsGenericType)
        {
            throw Errors.HandlerResultWouldBeLost(name);
        }

        return builder.Add(name, configure, async (args, job, serializer, token) =>
        {
            await handler(ReadArgs<TArgs>(args, serializer), job, token).ConfigureAwait(false);
            return null;
        });
    }

    /// <summary>Adds a handler whose value is the job's result.</summary>
    /// <typeparam name="TArgs">The type of the arguments, read from JSON with <see cref="JobQueueOptions.SerializerOptions"/>.</typeparam>
    /// <typeparam name="TResult">The type of the result, written as JSON with the same options.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The handler's name, which jobs are enqueued under; a valid name.</param>
    /// <param name="handler">
    /// The handler. It may run several times for one job, so what it does must be safe to repeat; its token fires on
    /// timeout, on shutdown and when the lease is lost.
    /// </param>
    /// <param name="configure">Sets the handler's defaults.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="InvalidJobException">The name or a setting is outside its rule.</exception>
    public static JobQueueBuilder AddJobHandler<TArgs, TResult>(
        this JobQueueBuilder builder,
        string name,
        Func<TArgs, JobContext, CancellationToken, Task<TResult>> handler,
        Action<JobHandlerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(handler);
        return builder.Add(name, configure, async (args, job, serializer, token) =>
        {
            var result = await handler(ReadArgs<TArgs>(args, serializer), job, token).ConfigureAwait(false);
            return JsonSerializer.SerializeToUtf8Bytes(result, serializer.GetTypeInfo(typeof(TResult)));
        });
    }

    private static JobQueueBuilder Add(this JobQueueBuilder builder, string name, Action<JobHandlerOptions>? configure, HandlerInvoker invoke)
    {
        builder.Services.AddSingleton(HandlerRegistration.Create(name, configure, invoke));
        return builder;
    }

    private static TArgs ReadArgs<TArgs>(ReadOnlyMemory<byte> args, JsonSerializerOptions serializer)
    {
        try
        {
            return (TArgs)JsonSerializer.Deserialize(args.Span, serializer.GetTypeInfo(typeof(TArgs)))!;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new UnreadableArgsException(typeof(TArgs), e);
        }
    }
}

/// <summary>The arguments do not fit the handler; another attempt would not change that, so the job is not retried.</summary>
internal sealed class UnreadableArgsException(Type type, Exception cause)
    : Exception($"The arguments can't be read as {type}: {cause.Message}", cause);
