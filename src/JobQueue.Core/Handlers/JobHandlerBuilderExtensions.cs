using System.ComponentModel;
using JobQueue.Diagnostics;
using JobQueue.Handlers;

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

        return Add(builder, name, Configured(configure), job => handler(job.ReadArgs<TArgs>(), job, job.CancellationToken), static () => typeof(TArgs));
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
        return Add(
            builder,
            name,
            Configured(configure),
            async job => job.SetResult(await handler(job.ReadArgs<TArgs>(), job, job.CancellationToken).ConfigureAwait(false)),
            static () => typeof(TArgs));
    }

    /// <summary>
    /// Adds a handler that reads its arguments from the context (<see cref="JobContext.ReadArgs{TArgs}"/>) and sets its result there
    /// (<see cref="JobContext.SetResult{TResult}"/>). This is the form that generated registrations use.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The handler's name, which jobs are enqueued under; a valid name.</param>
    /// <param name="options">The handler's defaults; not to be changed afterwards.</param>
    /// <param name="handler">
    /// The handler. It may run several times for one job, so what it does must be safe to repeat;
    /// <see cref="JobContext.CancellationToken"/> fires on timeout, on shutdown and when the lease is lost.
    /// </param>
    /// <returns>The builder.</returns>
    /// <exception cref="InvalidJobException">The name or a setting is outside its rule.</exception>
    public static JobQueueBuilder AddJobHandler(this JobQueueBuilder builder, string name, JobHandlerOptions options, Func<JobContext, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        return Add(builder, name, options, handler, argsType: null);
    }

    /// <summary>Adds the handlers of generated code; nothing else calls it.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="definitions">What the attributes say: a JSON array with an object a handler.</param>
    /// <param name="invoke">Runs the handler of a number, which is its place in the array.</param>
    /// <param name="doNotRetry">The exceptions of a handler that are not retried; <see langword="null"/> when none has any.</param>
    /// <param name="argsType">The type of a handler's arguments; <see langword="null"/> when it has none.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="InvalidJobException">A name or a setting is outside its rule.</exception>
    /// <exception cref="NotSupportedException">The code was generated by a newer version of the library.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static JobQueueBuilder AddGeneratedJobHandlers(
        this JobQueueBuilder builder,
        ReadOnlySpan<byte> definitions,
        Func<int, JobContext, Task> invoke,
        Func<int, Type[]>? doNotRetry,
        Func<int, Type?> argsType)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(invoke);
        ArgumentNullException.ThrowIfNull(argsType);
        HandlerDefinitions.AddTo(builder, definitions, invoke, doNotRetry, argsType);
        return builder;
    }

    internal static JobQueueBuilder Add(
        JobQueueBuilder builder, string name, JobHandlerOptions options, Func<JobContext, Task> handler, Func<Type?>? argsType)
    {
        builder.Handlers.All.Add(HandlerRegistration.Create(name, options, handler, argsType));
        return builder;
    }

    private static JobHandlerOptions Configured(Action<JobHandlerOptions>? configure)
    {
        var options = new JobHandlerOptions();
        configure?.Invoke(options);
        return options;
    }
}
