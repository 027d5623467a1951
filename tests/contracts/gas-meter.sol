// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// What a contract pays for calling another one, cold account and all.
contract GasMeter {
    function measure(address target, bytes calldata data) external view returns (uint256 gas) {
        uint256 before = gasleft();
        (bool done,) = target.staticcall(data);
        gas = before - gasleft();
        require(done, "the call failed");
    }
}
