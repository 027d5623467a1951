// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// The cheatcodes of Hardhat's test runner that are used here.
interface Vm {
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function addr(uint256 key) external pure returns (address);
    function warp(uint256 time) external;
    function assume(bool so) external pure;
    function expectRevert(bytes calldata data) external;
    function expectEmit() external;
    function chainId(uint256 id) external;
    function mockCall(address callee, bytes calldata data, bytes calldata answer) external;
    function clearMockedCalls() external;
    function toString(uint256 number) external pure returns (string memory);
    function writeLine(string calldata path, string calldata line) external;
}

Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
