using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;
using JobQueue.Enqueueing;
using JobQueue.Handlers;
using JobQueue.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace JobQueue;

/// <summary>Adds handlers and features to the job queue that <c>AddJobQueue</c> registered.</summary>
/// <remarks>Not thread-safe: used while services are being registered.</remarks>
public sealed class JobQueueBuilder
{
    internal JobQueueBuilder(IServiceCollection services)
    {
        Services = services;
        Handlers = HandlerRegistrations.Of(services);
        Recurring = RecurringDeclarations.Of(services);
    }

    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; }

    internal HandlerRegistrations Handlers { get; }

    internal RecurringDeclarations Recurring { get; }

    /// <summary>
    /// Adds a pool of workers to this process, beside the host's own, which then leaves the pool's queues alone unless it names
    /// them in <see cref="JobQueueOptions.Queues"/>. It runs unless <see cref="JobQueueOptions.RunWorkers"/> is off.
    /// </summary>
    /// <param name="name">Tells the pools of a process apart: 1 to 50 letters, digits, dots, hyphens or underscores.</param>
    /// <param name="configure">Sets the pool's queues and slots; checked when the host starts.</param>
    /// <returns>The builder.</returns>
    public JobQueueBuilder AddWorkers(string name, Action<WorkerPoolOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(configure);
        Services.Configure<JobQueueOptions>(options =>
        {
            var pool = new WorkerPoolOptions();
            configure(pool);
            options.Pools.Add(new KeyValuePair<string, WorkerPoolOptions>(name, pool));
        });
        return this;
    }

    /// <summary>
    /// Declares a recurring job of this application, which is registered when the host starts. A changed declaration replaces what is stored; one
    /// that is gone from the code fires no more once the last process that declares it has stopped, and is removed a day later. Whether somebody has switched it off is kept.
    /// </summary>
    /// <param name="name">Its name, unique in the store; a valid name.</param>
    /// <param name="handler">The handler that runs its jobs; checked when the host starts.</param>
    /// <param name="schedule">When it fires.</param>
    /// <param name="args">The arguments of each job, serialised by their run-time type; <see langword="null"/> for none.</param>
    /// <param name="configure">Sets the rest.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="InvalidJobException">A name or a setting is outside its rule, or the name was declared already.</exception>
    public JobQueueBuilder AddRecurringJob(
        string name, string handler, JobSchedule schedule, object? args = null, Action<RecurringJobOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        var options = new RecurringJobOptions();
        configure?.Invoke(options);
        DeclareRecurringJob(name, handler, schedule, args, options);
        return this;
    }

    /// <summary>Adds a middleware around every handler; the first added is the outermost.</summary>
    /// <typeparam name="TMiddleware">Its type, made by each attempt's scope: as a scoped service, unless the host has registered it otherwise.</typeparam>
    /// <returns>The builder.</returns>
    public JobQueueBuilder AddJobMiddleware<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TMiddleware>()
        where TMiddleware : class, IJobMiddleware
    {
        Services.TryAddScoped<TMiddleware>();
        Services.AddSingleton(new JobMiddlewareRegistration(static services => services.GetRequiredService<TMiddleware>()));
        return this;
    }

    /// <summary>Adds a middleware around every enqueue of this host; the first added is the outermost.</summary>
    /// <typeparam name="TMiddleware">Its type, made once when the host starts: as a singleton, unless the host has registered it otherwise.</typeparam>
    /// <returns>The builder.</returns>
    public JobQueueBuilder AddEnqueueMiddleware<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TMiddleware>()
        where TMiddleware : class, IEnqueueMiddleware
    {
        Services.TryAddSingleton<TMiddleware>();
        Services.AddSingleton(new EnqueueMiddlewareRegistration(static services => services.GetRequiredService<TMiddleware>()));
        return this;
    }

    /// <summary>
    /// Adds what writes and reads arguments' types that only generated code knows. Called by generated registrations; a host
    /// sets <see cref="JobQueueOptions.SerializerOptions"/> instead.
    /// </summary>
    /// <param name="resolver">The resolver, asked after the host's own.</param>
    /// <returns>The builder.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public JobQueueBuilder AddJobArgsResolver(IJsonTypeInfoResolver resolver)
    {
        ArgumentNullException.ThrowIfNull(resolver);
        Handlers.ArgsResolvers.Add(resolver);
        return this;
    }

    internal void DeclareRecurringJob(string name, string handler, JobSchedule schedule, object? args, RecurringJobOptions options)
    {
        RecurringRules.Check(name, handler, schedule, options);
        Recurring.Add(new RecurringDeclaration(name, handler, schedule, args, options));
    }
}
