using System.Reflection;
using System.Reflection.Emit;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;

namespace Gatehouse.ExtensionHost;

/// <summary>
/// The functions of the worker as the WebJobs SDK wants them: static methods with attributes. The Functions host emits
/// such a type for every app as well.
/// </summary>
public sealed class WorkerFunctions : ITypeLocator
{
    private readonly Type[] types;

    private WorkerFunctions(params Type[] types) => this.types = types;

    public static Worker? Worker { get; set; }

    public IReadOnlyList<Type> GetTypes() => types;

    public static WorkerFunctions Build(IEnumerable<WorkerFunction> functions)
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("App"), AssemblyBuilderAccess.Run);
        var type = assembly.DefineDynamicModule("App").DefineType(
            "Functions", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
        foreach (var function in functions)
        {
            if (function.Trigger == "orchestrationTrigger")
                Define(type, function.Name, nameof(Orchestrate), typeof(OrchestrationTriggerAttribute), "context");
            else if (function.Trigger == "activityTrigger")
                Define(type, function.Name, nameof(Act), typeof(ActivityTriggerAttribute), "input", "instanceId");
        }
        return new WorkerFunctions(type.CreateType(), typeof(ClientBinding));
    }

    public static Task<object?> Orchestrate(string name, string context) => Worker!.InvokeAsync(name, context, null);

    public static Task<object?> Act(string name, string input, string instanceId) =>
        Worker!.InvokeAsync(name, input, instanceId);

    /// <summary>Emits <c>static Task&lt;object&gt; name([trigger] string …) => target(name, …)</c>.</summary>
    private static void Define(
        TypeBuilder type, string name, string target, Type trigger, params string[] parameters)
    {
        var method = type.DefineMethod(
            name, MethodAttributes.Public | MethodAttributes.Static, typeof(Task<object>),
            [.. parameters.Select(_ => typeof(string))]);
        method.SetCustomAttribute(new CustomAttributeBuilder(
            typeof(FunctionNameAttribute).GetConstructor([typeof(string)])!, [name]));
        for (var index = 0; index < parameters.Length; index++)
        {
            var parameter = method.DefineParameter(index + 1, ParameterAttributes.None, parameters[index]);
            if (index == 0)
                parameter.SetCustomAttribute(new CustomAttributeBuilder(trigger.GetConstructor([])!, []));
        }
        var code = method.GetILGenerator();
        code.Emit(OpCodes.Ldstr, name);
        for (var index = 0; index < parameters.Length; index++) code.Emit(OpCodes.Ldarg, index);
        code.Emit(OpCodes.Call, typeof(WorkerFunctions).GetMethod(target)!);
        code.Emit(OpCodes.Ret);
    }
}
